/* who: prints the ids it runs with; installed set-user-ID by a test. */
#include "workload.h"

#include <sys/prctl.h>

int main(void)
{
	printf("uid %d euid %d\n", getuid(), geteuid());
	printf("no_new_privs %d\n", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	return 0;
}
