import type { BotAccount } from '../bots.ts';
import type { Json } from '../http.ts';
import type { World } from '../world.ts';
import type { Registration } from './codes.ts';
import type { Offer } from './offer.ts';
import { codeAt, confirm, platformCodes, scan } from './phone.ts';

/** What people may see of a bot: everything but its secret. */
function shownBot({ platform, id, name, brand, madeBy, madeAt, grants }: BotAccount) {
	return { platform, id, name, brand, madeBy, madeAt, grants };
}

/** What people may see of a code: the program that waits alone knows its device code. */
function shownCode(code: Registration, world: World) {
	const { platform, code: name, address, source, since, expiresAt, intervalMs, asked } = code;
	return {
		...{ platform, code: name, address, source, since, intervalMs, asked },
		state: world.registrations.stateOf(code),
		person: code.person,
		botId: code.bot?.id,
		expiresInMs: Math.round(expiresAt - world.clock.now()),
	};
}

/** What befalls a code, by the phone or at the platform. */
type Deed = (code: Registration, body: Json, world: World) => object | void;

function scanned(code: Registration, { address = code.address, from, app }: Json, world: World) {
	const wanted = platformCodes[code.platform].app;
	if (app !== undefined && app !== wanted)
		throw new Error(`${String(app)} cannot do anything with this code: scan it with ${wanted}`);
	return scan(code, String(address), String(from ?? code.person ?? 'zhangsan'), world);
}

/** What becomes of the offer where the person chooses another app on the page, or to make a new one. */
function chosenOf(offer: Offer, choice: unknown, { platform }: Registration, world: World): Offer {
	if (choice === undefined) return offer;
	if (choice === 'new') return { ...offer, updates: undefined };
	const isThere = platform === 'feishu' && world.bots.find(platform, choice);
	if (!isThere || offer.createOnly) throw new Error(`${String(choice)} cannot be chosen`);
	return { ...offer, updates: String(choice) };
}

const deeds: Record<string, Deed> = {
	scan: (code, body, world) => ({ offer: scanned(code, body, world) }),
	confirm(code, body, world) {
		const { brand } = body;
		if (brand !== undefined && brand !== 'feishu' && brand !== 'lark')
			throw new Error('brand must be feishu or lark');
		const offer = chosenOf(scanned(code, body, world), body.choose, code, world);
		return { offer, bot: shownBot(confirm(code, offer, brand, world)) };
	},
	deny(code, body, world) {
		scanned(code, body, world);
		code.progress = 'denied';
	},
	expire(code, _body, world) {
		code.expiresAt = world.clock.now();
	},
	slowDown(code, { times = 1 }) {
		if (code.platform !== 'feishu') throw new Error('only Feishu asks to slow down');
		if (!Number.isInteger(times) || times < 0) throw new Error('times must be a whole number');
		code.slowDowns = times;
	},
	wrongBrand(code) {
		if (code.platform !== 'feishu') throw new Error('only Feishu and Lark are two brands');
		code.hasWrongBrand = true;
	},
};

function befall(body: Json, _query: URLSearchParams, world: World) {
	const { code, address, does } = body;
	const deed = Object.hasOwn(deeds, String(does)) && deeds[String(does)];
	if (!deed) throw new Error(`does must be one of ${Object.keys(deeds).join(', ')}`);
	const found =
		code === undefined ? codeAt(String(address), world) : world.registrations.find(String(code));
	if (!found) throw new Error(`no code ${String(code).slice(0, 100)}`);
	const done = deed(found, body, world);
	return { ...shownCode(found, world), ...done };
}

type RegistrationHandler = (body: Json, query: URLSearchParams, world: World) => unknown;

/** Method and path below `/sandbox`. */
export const registrationHandlers: Record<string, RegistrationHandler> = {
	'GET /bots': (_body, _query, world) => ({ bots: world.bots.list().map(shownBot) }),
	'GET /registrations': (_body, _query, world) => ({
		registrations: world.registrations.list().map((code) => shownCode(code, world)),
	}),
	'POST /registrations': befall,
	'GET /registration-settings': (_body, _query, world) => world.registrations.settings(),
	'PUT /registration-settings': (body, _query, world) => {
		world.registrations.set(body);
		return world.registrations.settings();
	},
};
