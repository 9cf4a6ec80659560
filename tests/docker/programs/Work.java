import java.io.*;
import java.net.*;
import java.nio.file.*;
import java.util.*;
import java.util.concurrent.*;

/** Threads, files, a socket, a child and a garbage collector at work; prints the same each time. */
public class Work {
	static int file(int n) throws IOException {
		Path p = Files.createTempFile("work", ".txt");
		List<byte[]> garbage = new ArrayList<>();

		Files.writeString(p, "x".repeat(1000 * n));
		for (int i = 0; i < 300; i++) {
			garbage.add(new byte[200_000]);
			if (garbage.size() > 20)
				garbage.clear();
		}
		try (Reader r = Files.newBufferedReader(p)) {
			return r.read(new char[100_000], 0, 100_000);
		} finally {
			Files.delete(p);
		}
	}

	static int files() throws Exception {
		ExecutorService pool = Executors.newFixedThreadPool(4);
		List<Future<Integer>> parts = new ArrayList<>();
		int sum = 0;

		for (int i = 1; i <= 8; i++) {
			final int n = i;
			parts.add(pool.submit(() -> file(n)));
		}
		for (Future<Integer> part : parts)
			sum += part.get();
		pool.shutdown();
		return sum;
	}

	static String network() throws Exception {
		try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			Thread t = new Thread(() -> {
				try (Socket peer = server.accept()) {
					peer.getOutputStream().write("hello\n".getBytes());
				} catch (IOException e) {
					System.out.println(e);
				}
			});

			t.start();
			try (Socket s = new Socket(server.getInetAddress(), server.getLocalPort())) {
				BufferedReader r = new BufferedReader(new InputStreamReader(s.getInputStream()));
				String said = r.readLine();

				t.join();
				return said;
			}
		}
	}

	public static void main(String[] args) throws Exception {
		Process child = new ProcessBuilder("sh", "-c", "exit 3").start();

		System.out.println(ProcessHandle.current().pid() + " " + files() + " " + network()
			+ " " + child.waitFor());
		System.gc();
		Thread.sleep(50);
		System.exit(9);
	}
}
