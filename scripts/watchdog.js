'use strict';
const { createHash, createHmac, timingSafeEqual } = require('node:crypto');
const { createServer } = require('node:http');
const { parseArgs } = require('node:util');

/*
 * The outside part of the heartbeat, for whoever has no monitoring service: it runs on another machine
 * than n8n and needs nothing but Node 20. Each sign of life comes in by HTTP; when none has come for a
 * while, it tells a group through its robot, and again when the bot is back. This one file is all of it.
 */

const USAGE = `node watchdog.js [--port 5699] [--host 127.0.0.1] [--silence 150] [--name bot] [--check]

  --silence  seconds without a sign of life after which the group is told (the heartbeat beats every 60 s)
  --check    sends one message to the group, and ends

  WATCHDOG_TOKEN         at least 16 letters and digits; the heartbeat calls http://<this machine>:5699/beat/<token>
  WATCHDOG_ROBOT_URL     webhook address of a group robot of DingTalk, Feishu or WeCom
  WATCHDOG_ROBOT_SECRET  its signing secret (加签, 签名校验), where it has one
`;

const MINUTE_MS = 60_000;
/** While nobody mends it. */
const REMINDER_MS = 60 * MINUTE_MS;
const MOST_REMINDERS = 24;
/** Of what is not taken; each time so much longer, up to this. Robots take 20 messages a minute. */
const RETRY_MS = 3_000;
const LONGEST_RETRY_MS = 15_000;
/** An hour of trying: later the message would be a puzzle. */
const MOST_TRIES = 240;
const LOOK_MS = 1000;

/** @param {number} at ms since 1970 */
const clock = (at) => new Date(at).toISOString().replace('T', ' ').slice(0, 19) + ' UTC';
/** @param {number} ms */
const minutes = (ms) => `${Math.round(ms / 6_000) / 10} min`;

/**
 * Decides what people are told. Times are ms of any clock that nobody sets; `toDate` tells its dates.
 * `beat(now)` is a sign of life, `look(now)` a look at the clock; both return the text to send, or
 * undefined. The first sign of life is told: people learn that a watchdog began anew, and that all is
 * well where the one before it had said otherwise.
 *
 * @param {{ name: string, silenceMs: number, startedAt: number, toDate?: (at: number) => number }} options
 */
function createWatch({ name, silenceMs, startedAt, toDate = (at) => at }) {
	let lastAt = startedAt;
	let heard = false;
	/** @type {number | undefined} */
	let downSince;
	let remindedAt = 0;
	let reminders = 0;
	return {
		/** @param {number} now */
		beat(now) {
			const known = heard;
			const since = downSince;
			heard = true;
			lastAt = now;
			downSince = undefined;
			if (since !== undefined) {
				return `✅ ${name} 已恢复 is back: ${clock(toDate(now))}\n中断 It was silent for ${minutes(now - since)}.`;
			}
			return known ? undefined : `👀 开始值守 The watch begins: ${name} gives signs of life.`;
		},
		/** @param {number} now */
		look(now) {
			const silent = now - lastAt;
			if (silent < silenceMs) return undefined;
			const last = heard
				? `最后一次 The last one: ${clock(toDate(lastAt))} (${minutes(silent)})`
				: `值守开始后从未收到 None since the watch began ${minutes(silent)} ago`;
			const text = `🔴 ${name} 没有心跳 gives no sign of life\n${last}\n请检查 Check n8n, its network, the model.`;
			if (downSince === undefined) {
				downSince = lastAt;
				remindedAt = now;
				reminders = 0;
				return text;
			}
			if (now - remindedAt < REMINDER_MS || reminders >= MOST_REMINDERS) return undefined;
			remindedAt = now;
			reminders += 1;
			return text;
		},
	};
}

/**
 * @param {string} key
 * @param {string} text
 */
const hmac = (key, text) => createHmac('sha256', key).update(text).digest('base64');

/**
 * Each platform's form of a text message, signed where there is a secret; `now` in ms.
 *
 * @type {{ path: string, request: (url: URL, secret: string, text: string, now: number) => object }[]}
 */
const ROBOTS = [
	{
		path: '/robot/send',
		request(url, secret, text, now) {
			if (secret) {
				url.searchParams.set('timestamp', String(now));
				url.searchParams.set('sign', hmac(secret, `${now}\n${secret}`));
			}
			return { msgtype: 'text', text: { content: text } };
		},
	},
	{
		path: '/webhook/send',
		request: (_url, _secret, text) => ({ msgtype: 'text', text: { content: text } }),
	},
	{
		path: '/bot/v2/hook/',
		request(_url, secret, text, now) {
			const timestamp = String(Math.floor(now / 1000));
			const signed = secret && { timestamp, sign: hmac(`${timestamp}\n${secret}`, '') };
			return { msg_type: 'text', content: { text }, ...signed };
		},
	},
];

/** @param {URL} url */
const robotOf = (url) => ROBOTS.find(({ path }) => url.pathname.includes(path));

/**
 * Sends a text through a group robot.
 *
 * @param {{ robotUrl: string, secret: string }} settings
 * @param {string} text
 * @throws an Error in words, without the robot's address
 */
async function tell({ robotUrl, secret }, text, now = Date.now()) {
	const url = new URL(robotUrl);
	const body = robotOf(url)?.request(url, secret, text, now);
	/** @type {any} */
	let answer;
	try {
		const response = await fetch(url, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify(body),
			redirect: 'error',
			signal: AbortSignal.timeout(10_000),
		});
		answer = await response.json();
	} catch (error) {
		const { name, cause } = /** @type {Error & { cause?: any }} */ (error);
		const reason = cause?.code ?? cause?.message ?? name;
		throw new Error(`no answer from the robot: ${reason}`, { cause: error });
	}
	const code = answer.errcode ?? answer.code ?? answer.StatusCode;
	if (code !== 0) throw new Error(`the robot refuses: ${code} ${answer.errmsg ?? answer.msg}`);
}

/**
 * Sends texts in their order, each until it is taken or too old. `push(text)` never waits, and of
 * what cannot be sent the newest ten are kept.
 *
 * @param {(text: string) => Promise<void>} send
 * @param {(line: string) => void} log
 */
function createMailbox(send, log, retryMs = RETRY_MS) {
	/** @type {{ text: string, tries: number }[]} */
	const waiting = [];
	/** @type {NodeJS.Timeout | undefined} */
	let timer;
	let busy = false;
	async function work() {
		const [message] = waiting;
		if (busy || !message) return;
		busy = true;
		/** @type {Error | undefined} */
		const failure = await send(message.text).then(
			() => undefined,
			(error) => error,
		);
		busy = false;
		if (failure) log(`not sent (${++message.tries}): ${failure.message}`);
		if (!failure || message.tries >= MOST_TRIES) {
			const index = waiting.indexOf(message);
			if (index >= 0) waiting.splice(index, 1);
		}
		clearTimeout(timer);
		const waitMs = failure ? Math.min(message.tries * retryMs, LONGEST_RETRY_MS) : 0;
		if (waiting.length > 0) timer = setTimeout(work, waitMs);
	}
	return {
		/** @param {string} text */
		push(text) {
			waiting.push({ text, tries: 0 });
			if (waiting.length > 10) waiting.shift();
			void work();
		},
		close: () => clearTimeout(timer),
	};
}

/** @param {string} text */
const digest = (text) => createHash('sha256').update(text).digest();

/**
 * @typedef {object} Settings
 * @property {string} host
 * @property {number} port
 * @property {string} name of the bot
 * @property {string} token
 * @property {string} robotUrl
 * @property {string} secret of the robot; empty where it has none
 * @property {number} silenceMs
 * @property {number} [retryMs]
 * @property {(line: string) => void} [log]
 */

/**
 * The watchdog of some settings, once it listens.
 *
 * @param {Settings} settings
 */
async function startWatchdog(settings) {
	const { token, host, port, log = console.log } = settings;
	const watch = createWatch({
		...settings,
		startedAt: performance.now(),
		toDate: (at) => Date.now() - (performance.now() - at),
	});
	const mailbox = createMailbox(async (text) => await tell(settings, text), log, settings.retryMs);
	/** @param {string | undefined} text */
	const say = (text) => {
		if (text === undefined) return;
		log(text);
		mailbox.push(text);
	};
	const expected = digest(`/beat/${token}`);
	const server = createServer(
		{ requestTimeout: 10_000, maxHeaderSize: 8192 },
		(request, response) => {
			request.resume();
			// Digests have one length: comparing them tells nothing about the token.
			const known = timingSafeEqual(digest((request.url ?? '').split('?')[0] ?? ''), expected);
			if (known) say(watch.beat(performance.now()));
			response.writeHead(known ? 200 : 404, { connection: 'close', 'content-type': 'text/plain' });
			response.end(known ? 'ok\n' : 'not found\n');
		},
	);
	server.maxConnections = 100;
	await new Promise((done, fail) => {
		server.once('error', fail).listen(port, host, () => done(undefined));
	});
	const timer = setInterval(() => say(watch.look(performance.now())), LOOK_MS);
	return {
		port: /** @type {import('node:net').AddressInfo} */ (server.address()).port,
		close() {
			clearInterval(timer);
			mailbox.close();
			server.closeAllConnections();
			return new Promise((done) => server.close(() => done(undefined)));
		},
	};
}

/**
 * Settings from the command line and the environment.
 *
 * @param {string[]} args
 * @param {Record<string, string | undefined>} environment
 * @throws an Error that says what is wrong
 */
function readSettings(args, environment) {
	const { values } = parseArgs({
		args,
		options: {
			port: { type: 'string', default: '5699' },
			host: { type: 'string', default: '127.0.0.1' },
			silence: { type: 'string', default: '150' },
			name: { type: 'string', default: 'ClawBot' },
			check: { type: 'boolean', default: false },
		},
	});
	const { WATCHDOG_TOKEN: token = '', WATCHDOG_ROBOT_URL: robotUrl = '' } = environment;
	if (!/^[\w-]{16,}$/.test(token)) {
		throw new Error(
			'WATCHDOG_TOKEN must have at least 16 letters and digits: openssl rand -hex 16',
		);
	}
	if (!URL.canParse(robotUrl) || !robotOf(new URL(robotUrl))) {
		throw new Error('WATCHDOG_ROBOT_URL must be the webhook address of a group robot');
	}
	const [port, silence] = [Number(values.port), Number(values.silence)];
	if (!Number.isInteger(port) || port < 0 || port > 65_535) {
		throw new Error('--port must be a number up to 65535');
	}
	if (!(silence >= 1 && silence <= 86_400)) {
		throw new Error('--silence must be a number of seconds, 1 to 86400');
	}
	const { host, name, check } = values;
	const secret = environment.WATCHDOG_ROBOT_SECRET ?? '';
	return { host, name, check, port, token, robotUrl, secret, silenceMs: silence * 1000 };
}

async function main() {
	if (process.argv.includes('--help')) {
		process.stdout.write(USAGE);
		return;
	}
	const settings = readSettings(process.argv.slice(2), process.env);
	if (settings.check) {
		await tell(
			settings,
			`${settings.name}: 值守测试，请忽略 a test of the watchdog, please ignore`,
		);
		console.log('The robot took the message.');
		return;
	}
	const watchdog = await startWatchdog(settings);
	console.log(`Waiting for signs of life at http://${settings.host}:${watchdog.port}/beat/<token>`);
	for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void watchdog.close());
}

if (require.main === module) {
	main().catch((error) => {
		console.error(`${error.message}\n\nnode watchdog.js --help says what it needs.`);
		process.exitCode = 1;
	});
}

module.exports = { createMailbox, createWatch, readSettings, startWatchdog, tell };
