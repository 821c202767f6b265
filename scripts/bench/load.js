'use strict';
const http = require('node:http');
const { isMainThread, parentPort, Worker, workerData } = require('node:worker_threads');

/** @typedef {{ id: string, url: string, headers: Record<string, string>, body: Buffer, afterMs: number }} LoadRequest */
/**
 * @typedef {object} Sent times in ms since 1970
 * @property {string} id
 * @property {number} at when it was to be sent
 * @property {number} [end] when its acknowledgement had been read; left out where the platform waits for none
 * @property {number} status 0 where no answer came
 * @property {string} text of the answer
 */

/** Longer than any platform waits: a late acknowledgement is to be seen with its time. */
const LIMIT_MS = 60_000;
/** The connections of the first messages are made before the clock starts. */
const LEAD_MS = 200;

/**
 * Sends requests at their times, whatever the answers do, from a thread of its own: neither n8n's event
 * loop nor the one that watches n8n is in its way.
 *
 * @param {LoadRequest[]} requests
 * @returns {Promise<Sent[]>}
 */
async function sendAll(requests) {
	return await new Promise((resolve, reject) => {
		const worker = new Worker(__filename, { workerData: requests });
		worker.once('message', resolve);
		worker.once('error', reject);
	});
}

const now = () => performance.timeOrigin + performance.now();

/**
 * @param {LoadRequest} request
 * @param {number} at
 * @param {http.Agent} agent
 * @returns {Promise<Sent>}
 */
function send({ id, url, headers, body }, at, agent) {
	return new Promise((resolve) => {
		let text = '';
		/** @param {number} status */
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
				response.on('end', () => end(response.statusCode ?? 0));
				response.on('error', () => end(0));
			},
		);
		request.on('timeout', () => request.destroy(new Error('no answer')));
		request.on('error', () => end(0));
		request.end(body);
	});
}

/** @param {LoadRequest[]} requests */
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

if (!isMainThread) work(workerData).then((sent) => parentPort?.postMessage(sent));

module.exports = { sendAll };
