import type { BotAccount } from '../bots.ts';
import type { SimulatedPlatform } from '../messages.ts';
import type { World } from '../world.ts';
import { dingTalkCodes } from '../dingtalk/registration.ts';
import { feishuCodes } from '../feishu/registration.ts';
import { weComCodes } from '../wecom/registration.ts';
import type { Registration } from './codes.ts';
import type { Offer, PlatformCodes } from './offer.ts';

export const platformCodes: Record<SimulatedPlatform, PlatformCodes> = {
	dingtalk: dingTalkCodes,
	feishu: feishuCodes,
	wecom: weComCodes,
};

/** What the camera sees. @throws an Error in words where it is no code of this sandbox */
export function codeAt(address: string, world: World): Registration {
	const url = URL.parse(address);
	const found = url && world.registrations.list().find((code) => leadsTo(code, url));
	if (!found) throw new Error(`${address.slice(0, 100)} is the address of no code`);
	return found;
}

function leadsTo({ platform, code, address }: Registration, url: URL): boolean {
	const { origin, pathname } = new URL(address);
	const isPage = url.origin === origin && url.pathname === pathname;
	return isPage && platformCodes[platform].codeIn(url) === code;
}

const STATES = { used: 'has been used', confirmed: 'has been used', denied: 'was denied' };

/** A person holds the phone over a code. @throws an Error in words where the phone shows a mistake */
export function scan(code: Registration, address: string, from: string, world: World): Offer {
	const state = world.registrations.stateOf(code);
	if (state === 'expired') throw new Error(`the code ${code.code} has expired`);
	if (state !== 'waiting' && state !== 'scanned')
		throw new Error(`the code ${code.code} ${STATES[state]}`);
	const offer = platformCodes[code.platform].offerOf(new URL(address), world);
	code.progress = 'scanned';
	const person = world.people.meet(from);
	code.person = person.id;
	return { ...offer, name: offer.name?.replaceAll('{user}', person.name) };
}

/** The person agrees: the bot is there from then on. `brand`: whose customer the person is. */
export function confirm(
	code: Registration,
	offer: Offer,
	brand: BotAccount['brand'],
	world: World,
): BotAccount {
	const existing = offer.updates && world.bots.find(code.platform, offer.updates);
	code.bot = existing ? widen(existing, offer) : make(code, offer, brand, world);
	world.bots.keep();
	code.progress = 'confirmed';
	return code.bot;
}

function make(
	{ platform, person }: Registration,
	{ name, grants }: Offer,
	brand: BotAccount['brand'],
	world: World,
): BotAccount {
	const made = world.people.meet(person!);
	const bot: BotAccount = {
		platform,
		...platformCodes[platform].newBot(),
		name: name || `${made.name}的机器人`,
		...(platform === 'feishu' && { brand: brand ?? 'feishu' }),
		madeBy: made.id,
		madeAt: new Date().toISOString(),
		grants,
	};
	world.bots.add(bot);
	return bot;
}

const union = (some: string[], more: string[]) => [...new Set([...some, ...more])];

/** Rights only ever come on top; a bot that is held to none has them already. */
function widen(bot: BotAccount, { grants }: Offer): BotAccount {
	if (!bot.grants || !grants) return bot;
	const { scopes, events, callbacks } = bot.grants;
	bot.grants = {
		scopes: {
			tenant: union(scopes.tenant, grants.scopes.tenant),
			user: union(scopes.user, grants.scopes.user),
		},
		events: {
			tenant: union(events.tenant, grants.events.tenant),
			user: union(events.user, grants.events.user),
		},
		callbacks: union(callbacks, grants.callbacks),
	};
	return bot;
}
