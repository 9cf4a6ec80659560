// A bit of everything that node programs do; prints the same each time.
const { spawnSync } = require("child_process");
const crypto = require("crypto");
const fs = require("fs");
const http = require("http");
const zlib = require("zlib");
const { Worker } = require("worker_threads");

function files() {
	const dir = fs.mkdtempSync("/tmp/n");
	fs.writeFileSync(dir + "/f", "line\n".repeat(1000));
	fs.renameSync(dir + "/f", dir + "/g");
	const names = fs.readdirSync(dir);
	fs.rmSync(dir, { recursive: true });
	return names;
}

function worker(n) {
	const code = `require("worker_threads").parentPort.postMessage(${n} * ${n})`;
	return new Promise((done) => new Worker(code, { eval: true }).once("message", done));
}

function request() {
	return new Promise((done) => {
		const server = http.createServer((req, res) => res.end("path " + req.url));
		server.listen(0, "127.0.0.1", () => {
			http.get({ port: server.address().port, path: "/x", agent: false }, (res) => {
				let body = "";
				res.on("data", (part) => (body += part));
				res.on("end", () => server.close(() => done(body)));
			});
		});
	});
}

function hashed(n) {
	return new Promise((done) =>
		crypto.pbkdf2("p", "s" + n, 1000, 8, "sha256", (e, key) => done(key.toString("hex"))));
}

async function main() {
	const garbage = [];
	for (let i = 0; i < 200; i++)
		garbage[i % 10] = Buffer.alloc(200000, i);
	const child = spawnSync("sh", ["-c", "echo child; exit 3"]);
	console.log(process.pid, files(), child.status, child.stdout.toString().trim());
	console.log(await Promise.all([worker(2), worker(3)]));
	console.log(await Promise.all([1, 2, 3, 4, 5].map(hashed)));
	console.log(await request(), zlib.gzipSync("x".repeat(100000)).length > 10);
	await fs.promises.writeFile("/tmp/async", "x");
	setTimeout(() => process.exit(8), 20);
}

main();
