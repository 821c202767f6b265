'use strict';
const { readArguments } = require('./machine/arguments.js');
const { paths } = require('./machine/paths.js');
const { runTool } = require('./machine/tool.js');
const { StepFailure } = require('./machine/steps.js');
const { createApi } = require('./system/api.js');
const { readEnv } = require('./system/env.js');
const { robotApiAddress } = require('./system/operators.js');
const { exchange, makeKey } = require('./system/robotApi.js');
const { openStore, runningSystem } = require('./system/store.js');

/** @import { Variables } from './system/credentials.js' */

/*
 * npm run token -- USAGE
 * Prints an access token of the Robot API and when it runs out. Key and address are taken from the command
 * line, else from `.env` (CLAWBOT_API_KEY, CLAWBOT_API_SECRET, CLAWBOT_ROBOT_API_URL), else they are those of
 * the running `npm start`.
 */

const USAGE = '[--expire SECONDS] [--auth KEY:SECRET] [--url ADDRESS]';

/**
 * @param {string | undefined} auth
 * @param {Variables} variables
 */
function ownKey(auth, variables) {
	if (auth !== undefined) {
		const colon = auth.indexOf(':');
		if (colon < 1)
			throw new StepFailure('--auth is not KEY:SECRET', 'Write the key, a colon, the secret.');
		return { keyId: auth.slice(0, colon), secret: auth.slice(colon + 1) };
	}
	const { CLAWBOT_API_KEY: keyId, CLAWBOT_API_SECRET: secret } = variables;
	return keyId && secret ? { keyId, secret } : undefined;
}

/** @param {string | undefined} text */
function secondsIn(text) {
	if (text === undefined) return undefined;
	if (!/^\d+$/.test(text)) throw new StepFailure('--expire is no number of seconds', '');
	return Number(text);
}

/** Of the `npm start` on this machine. */
function urlHere() {
	const url = runningSystem()?.n8nUrl;
	if (url) return url;
	throw new StepFailure(
		'npm start is not running, and no address is given',
		'Use --url, or set CLAWBOT_ROBOT_API_URL in .env: the address in front of /token.',
	);
}

/**
 * From the `npm start` on this machine, which has its own key: made when it is first needed.
 *
 * @param {number | undefined} seconds
 */
async function exchangeHere(seconds) {
	const here = urlHere();
	const store = openStore();
	const { secrets } = store;
	const address = robotApiAddress(here);
	const known = secrets.robotKey && (await exchange(address, secrets.robotKey, seconds));
	if (known) return known;
	secrets.robotKey = await makeKey(createApi(here, secrets.apiKey ?? ''), 'npm run token');
	store.saveSecrets();
	return await exchange(address, secrets.robotKey, seconds);
}

void runTool(async () => {
	const option = /** @type {const} */ ({ type: 'string' });
	const { values } = readArguments(USAGE, {
		options: { expire: option, auth: option, url: option },
	});
	const variables = readEnv(paths.dotenv);
	const seconds = secondsIn(values.expire);
	const key = ownKey(values.auth, variables);
	const address = values.url ?? variables.CLAWBOT_ROBOT_API_URL;
	if (!key && address) {
		throw new StepFailure(
			`there is no API key for ${address}`,
			'Use --auth KEY:SECRET, or set CLAWBOT_API_KEY and CLAWBOT_API_SECRET in .env.',
		);
	}
	const tokens = key
		? await exchange((address ?? robotApiAddress(urlHere())).replace(/\/+$/, ''), key, seconds)
		: await exchangeHere(seconds);
	if (!tokens) {
		throw new StepFailure(
			'the API key is not valid',
			'Check key and secret; the key may have ended.',
		);
	}
	console.log(tokens.access_token);
	console.log(`Expires ${tokens.expires_at} (in ${tokens.expires_in} s)`);
});
