import { randomBytes } from '../aes.ts';
import type { Call, ServiceReply, ServiceRoute } from '../http.ts';
import { openIdOf } from '../people.ts';
import type { Registration } from '../registration/codes.ts';
import type { Offer, PlatformCodes } from '../registration/offer.ts';
import { codePage } from '../registration/page.ts';
import { issueSecret } from '../tokens.ts';
import type { World } from '../world.ts';
import { readAddons } from './addons.ts';

/* Feishu's and Lark's registration of an app by a scan: the device flow of RFC 8628, at the accounts hosts. */

const MOST_AVATARS = 6;
const SLOWER_MS = 5000;

const refusal = (error: string, description: string): ServiceReply => ({
	status: 400,
	body: { error, error_description: description },
	refused: `${error} ${description}`,
});

const isForm = (call: Call) =>
	/^application\/x-www-form-urlencoded\s*(;|$)/i.test(call.headers['content-type'] ?? '');

/** What a program has to say to begin. */
const BEGIN: Record<string, string> = {
	archetype: 'PersonalAgent',
	auth_method: 'client_secret',
	request_user_info: 'open_id',
};

function begin(form: URLSearchParams, call: Call, world: World): ServiceReply {
	const wrong = Object.keys(BEGIN).find((name) => form.get(name) !== BEGIN[name]);
	if (wrong) return refusal('invalid_request', `${wrong} must be ${BEGIN[wrong]}`);
	const page = `${world.origin}/${call.host}/page/launcher`;
	const { code, deviceCode, address, expiresAt, intervalMs } = world.registrations.begin(
		'feishu',
		(userCode) => `${page}?user_code=${userCode}`,
	);
	const body = {
		device_code: deviceCode,
		user_code: code,
		verification_uri: page,
		verification_uri_complete: address,
		expires_in: Math.round(expiresAt - world.clock.now()) / 1000,
		interval: intervalMs / 1000,
	};
	return { body };
}

/** A question that came too soon makes the pause longer for all that follow. */
function slowDown(registration: Registration, early: boolean): ServiceReply | undefined {
	if (!early && registration.slowDowns === 0) return undefined;
	registration.slowDowns = Math.max(0, registration.slowDowns - 1);
	registration.intervalMs += SLOWER_MS;
	return refusal('slow_down', 'asked sooner than the interval');
}

function granted(registration: Registration, host: string): ServiceReply {
	const { bot, hasWrongBrand, person } = registration;
	const elsewhere = host === 'lark' ? 'feishu' : 'lark';
	const brand = hasWrongBrand ? elsewhere : bot!.brand!;
	// The other brand's host has the credentials.
	if (brand !== host) return { body: { user_info: { tenant_brand: brand } } };
	registration.progress = 'used';
	const user = { open_id: openIdOf(person!), tenant_brand: brand };
	return { body: { client_id: bot!.id, client_secret: bot!.secret, user_info: user } };
}

function poll(form: URLSearchParams, call: Call, world: World): ServiceReply {
	const deviceCode = form.get('device_code');
	if (!deviceCode) return refusal('invalid_request', 'device_code is missing');
	const asked = world.registrations.ask('feishu', deviceCode, call.host);
	if (!asked) return refusal('invalid_grant', 'the device code is unknown');
	const { registration, state } = asked;
	switch (state) {
		case 'expired':
			return refusal('expired_token', 'the device code has expired');
		case 'denied':
			return refusal('access_denied', 'the user has denied the request');
		case 'used':
			return refusal('invalid_grant', 'the device code has been used');
	}
	const slower = slowDown(registration, asked.early);
	if (slower) return slower;
	return state === 'confirmed'
		? granted(registration, call.host)
		: refusal('authorization_pending', 'the user has not confirmed yet');
}

function register(call: Call, world: World): ServiceReply {
	if (!isForm(call))
		return refusal('invalid_request', 'the body must be application/x-www-form-urlencoded');
	const form = new URLSearchParams(call.raw.toString('utf8'));
	switch (form.get('action')) {
		case 'begin':
			return begin(form, call, world);
		case 'poll':
			return poll(form, call, world);
		default:
			return refusal('invalid_request', 'unknown action');
	}
}

export const registrationRoutes: ServiceRoute[] = [
	{
		method: 'POST',
		path: /^\/oauth\/v1\/app\/registration$/,
		kind: 'registration',
		handle: register,
	},
	codePage(/^\/page\/launcher$/),
];

/** Any other value than this one is as good as none. */
const isCreateOnly = (query: URLSearchParams) => query.get('createOnly') === 'true';

/** The app that is to be updated; `createOnly` comes first. @throws an Error in words */
function updated(query: URLSearchParams, world: World): string | undefined {
	const id = query.get('clientID');
	if (id === null || isCreateOnly(query)) return undefined;
	if (!world.bots.find('feishu', id)) throw new Error(`no app ${id.slice(0, 100)} to update`);
	return id;
}

function offerOf({ searchParams: query }: URL, world: World): Offer {
	if (query.getAll('avatar').length > MOST_AVATARS)
		throw new Error(`avatar: ${MOST_AVATARS} at most`);
	const addons = query.get('addons');
	return {
		name: query.get('name') ?? undefined,
		description: query.get('desc') ?? undefined,
		updates: updated(query, world),
		createOnly: isCreateOnly(query) || undefined,
		grants: addons === null ? undefined : readAddons(addons),
	};
}

export const feishuCodes: PlatformCodes = {
	app: 'feishu',
	codeIn: (address) => address.searchParams.get('user_code'),
	offerOf,
	newBot: () => ({ id: `cli_${randomBytes(8).toString('hex')}`, secret: issueSecret() }),
};
