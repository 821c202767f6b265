'use strict';
const http = require('node:http');
const { isMainThread, parentPort, Worker, workerData } = require('node:worker_threads');

/** Longer than any platform waits: a late acknowledgement is to be seen with its time. */
const LIMIT_MS = 60_000;
/** The connections of the first messages are made before the clock starts. */
const LEAD_MS = 200;

/**
 * Sends requests at their times, whatever the answers do, from a thread of its own: neither n8n's event
 * loop nor the one that watches n8n is in its way.
 *
 * @param {{ id: string, url: string, headers: object, body: Buffer, afterMs: number }[]} requests
 * @returns {Promise<{ id: string, at: number, end: number, status: number, text: string }[]>} times in ms
 * since 1970; `at` is when the request was to be sent; `status` 0 where no answer came
 */
async function sendAll(requests) {
	return await new Promise((resolve, reject) => {
		const worker = new Worker(__filename, { workerData: requests });
		worker.once('message', resolve);
		worker.once('error', reject);
	});
}

const now = () => performance.timeOrigin + performance.now();

function send({ id, url, headers, body }, at, agent) {
	return new Promise((resolve) => {
		let text = '';
		const end = (status) => resolve({ id, at, end: now(), status, text });
		const request = http.request(
			url,
			{
				method: 'POST',
				agent,
				headers: { ...headers, 'content-length': body.byteLength },
				timeout: LIMIT_MS,
			},
			(response) => {
				response.setEncoding('utf8');
				response.on('data', (chunk) => (text += chunk));
				response.on('end', () => end(response.statusCode));
				response.on('error', () => end(0));
			},
		);
		request.on('timeout', () => request.destroy(new Error('no answer')));
		request.on('error', () => end(0));
		request.end(body);
	});
}

async function work(requests) {
	const agent = new http.Agent({ keepAlive: true, maxFreeSockets: 1024 });
	const start = now() + LEAD_MS;
	const sent = await Promise.all(
		requests.map(async (request) => {
			const at = start + request.afterMs;
			await new Promise((resolve) => setTimeout(resolve, at - now()));
			return await send(request, at, agent);
		}),
	);
	agent.destroy();
	return sent;
}

if (!isMainThread) work(workerData).then((sent) => parentPort.postMessage(sent));

module.exports = { sendAll };
