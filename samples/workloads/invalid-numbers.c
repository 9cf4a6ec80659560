/* invalid-numbers: numbers that are no call; the kernel says ENOSYS to each. */
#include "workload.h"

int main(void)
{
	static const long numbers[] = {500, 1000, 5000, 1000000, 0x3fffffff};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		errno = 0;
		syscall(numbers[i]);
		printf("%ld: %s\n", numbers[i], strerror(errno));
		printf("number %s %ld 1\n", NATIVE, numbers[i]);
	}
	syscall(-1L);
	printf("-1: %s\n", strerror(errno));
	return 0;
}
