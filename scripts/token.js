'use strict';
const { parseArgs } = require('node:util');
const { createApi } = require('./system/api.js');
const { readEnv } = require('./system/env.js');
const { robotApiAddress } = require('./system/operators.js');
const { paths } = require('./machine/paths.js');
const { exchange, makeKey } = require('./system/robotApi.js');
const { failureText, StepFailure } = require('./machine/steps.js');
const { openStore, runningSystem } = require('./system/store.js');

/*
 * npm run token -- [--expire SECONDS] [--auth KEY:SECRET] [--url ADDRESS]
 * Prints an access token of the Robot API and when it runs out. Key and address are taken from the command
 * line, else from `.env` (CLAWBOT_API_KEY, CLAWBOT_API_SECRET, CLAWBOT_ROBOT_API_URL), else they are those of
 * the running `npm start`.
 */

function readArguments() {
	const option = { type: 'string' };
	try {
		return parseArgs({ options: { expire: option, auth: option, url: option } }).values;
	} catch (error) {
		throw new StepFailure(
			error.message,
			'npm run token -- [--expire SECONDS] [--auth KEY:SECRET] [--url ADDRESS]',
		);
	}
}

function keyIn(text) {
	const colon = text.indexOf(':');
	if (colon < 1)
		throw new StepFailure('--auth is not KEY:SECRET', 'Write the key, a colon, the secret.');
	return { keyId: text.slice(0, colon), secret: text.slice(colon + 1) };
}

function ownKey({ auth }, variables) {
	if (auth !== undefined) return keyIn(auth);
	const { CLAWBOT_API_KEY: keyId, CLAWBOT_API_SECRET: secret } = variables;
	return keyId && secret ? { keyId, secret } : undefined;
}

function secondsIn(text) {
	if (text === undefined) return undefined;
	if (!/^\d+$/.test(text)) throw new StepFailure('--expire is no number of seconds', '');
	return Number(text);
}

/** Of the `npm start` on this machine, which has its own key: made when it is first needed. */
async function exchangeHere(n8nUrl, seconds) {
	const store = openStore();
	const { secrets } = store;
	const address = robotApiAddress(n8nUrl);
	const known = secrets.robotKey && (await exchange(address, secrets.robotKey, seconds));
	if (known) return known;
	secrets.robotKey = await makeKey(createApi(n8nUrl, secrets.apiKey), 'npm run token');
	store.saveSecrets();
	return await exchange(address, secrets.robotKey, seconds);
}

async function main() {
	const options = readArguments();
	const variables = readEnv(paths.dotenv);
	const seconds = secondsIn(options.expire);
	const key = ownKey(options, variables);
	const address = options.url ?? variables.CLAWBOT_ROBOT_API_URL;
	const here = runningSystem()?.n8nUrl;
	if (!key && address) {
		throw new StepFailure(
			`there is no API key for ${address}`,
			'Use --auth KEY:SECRET, or set CLAWBOT_API_KEY and CLAWBOT_API_SECRET in .env.',
		);
	}
	if (!address && !here) {
		throw new StepFailure(
			'npm start is not running, and no address is given',
			'Use --url, or set CLAWBOT_ROBOT_API_URL in .env: the address in front of /token.',
		);
	}
	const tokens = key
		? await exchange((address ?? robotApiAddress(here)).replace(/\/+$/, ''), key, seconds)
		: await exchangeHere(here, seconds);
	if (!tokens) {
		throw new StepFailure(
			'the API key is not valid',
			'Check key and secret; the key may have ended.',
		);
	}
	console.log(tokens.access_token);
	console.log(`Expires ${tokens.expires_at} (in ${tokens.expires_in} s)`);
}

main().catch((error) => {
	console.error(failureText(error));
	process.exitCode = 1;
});
