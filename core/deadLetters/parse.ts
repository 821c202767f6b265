import { DEFAULT_SPEED } from './changes';
import { readFilter, type Filter, type Many } from './filter';
import { type TimeContext, readMoment } from '../common/time';
import {
	COMMON_NAMES,
	firstWord,
	meaning,
	unknownWord,
	usageOf,
	wordsOf,
	type CommandMistake,
} from '../common/commands';

/** Which letters a command is about. */
export type Which = { id: string } | Many;

export type LetterCommand =
	| { name: 'help' }
	| { name: 'list' | 'groups'; filter: Filter }
	| { name: 'show'; id: string }
	| { name: 'replay'; which: Which; perMinute: number; dry: boolean; force: boolean }
	| { name: 'edit'; id: string; text: string; force: boolean }
	| { name: 'discard'; which: Which; reason: string }
	| CommandMistake;

const NAMES: Readonly<Record<string, Exclude<LetterCommand['name'], 'mistake'>>> = {
	...COMMON_NAMES,
	groups: 'groups',
	分组: 'groups',
	show: 'show',
	查看: 'show',
	replay: 'replay',
	重发: 'replay',
	edit: 'edit',
	编辑: 'edit',
	修改: 'edit',
	discard: 'discard',
	丢弃: 'discard',
};

const WORDS: Readonly<Record<string, string>> = {
	group: 'group',
	组: 'group',
	since: 'since',
	自: 'since',
	speed: 'speed',
	速度: 'speed',
	dry: 'dry',
	试算: 'dry',
	force: 'force',
	强制: 'force',
};

const USES = {
	show: '/dlq show <id>',
	replay:
		'/dlq replay <id> | group <g> | since <2h | 2026-01-31T09:00> [speed 20/min] [dry] [force]',
	edit: '/dlq edit <id> [force] <新内容 new text>',
	discard: '/dlq discard <id> | group <g> <原因 reason>',
} as const;

const useOf = (name: keyof typeof USES): CommandMistake => usageOf(USES[name]);

/**
 * Reads what follows `/dlq`. Never throws; what is not understood is a `mistake`.
 * @param text the whole message, `/dlq` included
 */
export function parseCommand(text: string, context: TimeContext): LetterCommand {
	const [, afterName] = firstWord(text);
	const [word, rest] = firstWord(afterName);
	if (word === '') return { name: 'help' };
	const name = meaning(NAMES, word);
	switch (name) {
		case undefined:
			return unknownWord(word);
		case 'help':
			return { name };
		case 'list':
		case 'groups':
			return parseList(name, rest);
		case 'show':
			return parseShow(rest);
		case 'replay':
			return parseReplay(rest, context);
		case 'edit':
			return parseEdit(rest);
		case 'discard':
			return parseDiscard(rest);
	}
}

const FILTERS =
	'可用 Filters: platform= bot= class= code= kind= conversation= group= status= age>2h';

function parseList(name: 'list' | 'groups', rest: string): LetterCommand {
	const read = readFilter(wordsOf(rest));
	if ('filter' in read) return { name, filter: read.filter };
	const { hint } = unknownWord(read.wrong);
	return { name: 'mistake', hint: `${hint}\n${FILTERS}` };
}

function parseShow(rest: string): LetterCommand {
	const [id, more] = wordsOf(rest);
	return id !== undefined && more === undefined ? { name: 'show', id } : useOf('show');
}

function parseReplay(rest: string, { now, timezone }: TimeContext): LetterCommand {
	const words = wordsOf(rest);
	let which: Which | undefined;
	let perMinute = DEFAULT_SPEED;
	let dry = false;
	let force = false;
	while (words.length > 0) {
		const word = words.shift()!;
		const known = meaning(WORDS, word);
		if (known === 'dry') dry = true;
		else if (known === 'force') force = true;
		else if (known === 'speed') {
			const speed = readSpeed(words.shift());
			if (speed === undefined) return useOf('replay');
			perMinute = speed;
		} else {
			const value = known === undefined ? word : words.shift();
			// Two things at once are more likely a slip than meant.
			if (which !== undefined || value === undefined) return useOf('replay');
			if (known === 'group') which = { group: value };
			else if (known === undefined) which = { id: value };
			else {
				const since = readMoment(value, now, timezone);
				if (since === undefined) return useOf('replay');
				which = { since };
			}
		}
	}
	return which ? { name: 'replay', which, perMinute, dry, force } : useOf('replay');
}

/** `10/min` or `10`; 1 to 600 a minute. */
export function readSpeed(text: string | undefined): number | undefined {
	const [, amount] = /^(\d{1,3})(?:\/?(?:min|m|分|分钟))?$/iu.exec(text ?? '') ?? [];
	const speed = Number(amount);
	return speed >= 1 && speed <= 600 ? speed : undefined;
}

function parseEdit(rest: string): LetterCommand {
	const [id, after] = firstWord(rest);
	const [word, afterForce] = firstWord(after);
	const force = meaning(WORDS, word) === 'force';
	const text = (force ? afterForce : after).trim();
	return id !== '' && text !== '' ? { name: 'edit', id, text, force } : useOf('edit');
}

function parseDiscard(rest: string): LetterCommand {
	const [word, after] = firstWord(rest);
	const isGroup = meaning(WORDS, word) === 'group';
	const [target, reason] = isGroup ? firstWord(after) : [word, after];
	if (target === '' || reason.trim() === '') return useOf('discard');
	return {
		name: 'discard',
		which: isGroup ? { group: target } : { id: target },
		reason: reason.trim(),
	};
}
