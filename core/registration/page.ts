import { asNumber, asText, type Fields } from '../../protocol/fields';
import { isPlatform } from '../../protocol/message';
import { safeEqual } from '../../protocol/verify';
import type { WantedScan } from './scan';

/** What an operator asks of the page; `id` is a bot's, which is that of its credential. */
export type BotPageRequest =
	| { action: 'list' }
	| { action: 'look'; scan: string }
	| { action: 'show'; id: string; looks: number }
	| ({ action: 'begin' } & WantedScan)
	| { action: 'cancel'; scan: string }
	| { action: 'goOn' | 'check' | 'disconnect' | 'reallyDisconnect'; id: string }
	| { action: 'confirm'; id: string; person: string; workflows: string[] };

/** Why a form is not carried out. */
export const REFUSALS = {
	form: [
		403,
		'表单无效或已过期，没有做任何改动：请回到列表重试。 This form is not valid (any more); nothing was changed. Go back to the list and try again.',
	],
	action: [400, '没有这个操作。 There is no such action.'],
	field: [400, '表单的内容不完整。 Something is missing in this form.'],
	person: [400, '请选择一位与机器人说过话的人。 Choose a person who has written to the bot.'],
	workflows: [400, '请至少选择一个流程。 Choose at least one workflow.'],
	gone: [
		404,
		'这个机器人已不存在：请回到列表。 This bot is not there any more: go back to the list.',
	],
} as const;

export type PageRefusal = keyof typeof REFUSALS;

/** n8n's ids, of credentials and workflows. */
const ID = /^[\w-]{1,64}$/;
/** Nobody ticks more. */
const MAX_WORKFLOWS = 50;
const MAX_SCAN = 8192;
const MAX_PERSON = 200;

/**
 * What a request wants. Looking changes nothing, whatever the address says; every change is a form with the token,
 * because a browser sends the password of the page with forged forms as well. Never throws.
 */
export function readPageRequest(
	query: Fields,
	body: Fields,
	csrf: string,
): BotPageRequest | { refusal: PageRefusal } {
	const action = asText(body.action);
	if (action === '') return readLook(query);
	if (!csrf || !safeEqual(asText(body.csrf), csrf)) return { refusal: 'form' };
	switch (action) {
		case 'begin':
			return readBegin(body);
		case 'cancel':
			return { action, scan: asText(body.scan).slice(0, MAX_SCAN) };
		case 'goOn':
		case 'check':
		case 'disconnect':
		case 'reallyDisconnect': {
			const id = idIn(body.id);
			return id ? { action, id } : { refusal: 'field' };
		}
		case 'confirm':
			return readConfirm(body);
		default:
			return { refusal: 'action' };
	}
}

function idIn(value: unknown): string | undefined {
	const text = asText(value);
	return ID.test(text) ? text : undefined;
}

function readLook({ scan, bot, looks }: Fields): BotPageRequest {
	if (asText(scan) !== '') return { action: 'look', scan: asText(scan).slice(0, MAX_SCAN + 1) };
	const id = idIn(bot);
	const count = asNumber(looks);
	return id
		? { action: 'show', id, looks: Number.isInteger(count) && count > 0 ? count : 0 }
		: { action: 'list' };
}

function readBegin(body: Fields): BotPageRequest | { refusal: PageRefusal } {
	const { platform } = body;
	const replaces = asText(body.replaces);
	const updates = asText(body.updates) === '1';
	if (!isPlatform(platform) || (replaces !== '' && !ID.test(replaces))) return { refusal: 'field' };
	if (updates && replaces === '') return { refusal: 'field' };
	return {
		action: 'begin',
		platform,
		...(replaces && { replaces }),
		...(updates && { updates }),
	};
}

function readConfirm(body: Fields): BotPageRequest | { refusal: PageRefusal } {
	const id = idIn(body.id);
	const person = asText(body.person);
	if (!id) return { refusal: 'field' };
	if (person === '' || person.length > MAX_PERSON) return { refusal: 'person' };
	const chosen = [body.workflows].flat(1).slice(0, MAX_WORKFLOWS).map(idIn);
	const workflows = [...new Set(chosen.filter((each) => each !== undefined))];
	return workflows.length === 0
		? { refusal: 'workflows' }
		: { action: 'confirm', id, person, workflows };
}
