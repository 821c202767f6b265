import { scopeOf } from './orders';
import { type TimeContext, readDuration, readMoment } from '../common/time';
import {
	COMMON_NAMES,
	meaning,
	unknownWord,
	usageOf,
	wordsOf,
	type CommandMistake,
} from '../common/commands';

export type AlertCommand =
	| { name: 'help' | 'list' }
	/** A code, or `all`. */
	| { name: 'ack' | 'unsilence' | 'endMaintenance'; which: string }
	| { name: 'silence' | 'maintenance'; scope: string; fromMs: number; untilMs: number }
	| CommandMistake;

type Name = 'help' | 'list' | 'ack' | 'silence' | 'unsilence' | 'maintenance';

const NAMES: Readonly<Record<string, Name>> = {
	...COMMON_NAMES,
	ack: 'ack',
	确认: 'ack',
	silence: 'silence',
	静默: 'silence',
	unsilence: 'unsilence',
	取消静默: 'unsilence',
	maintenance: 'maintenance',
	维护: 'maintenance',
};

const USES = {
	ack: '/alert ack <id> | all',
	silence: '/alert silence <1h> <id> | all | target=node-* rule=CPU',
	unsilence: '/alert unsilence <id> | all',
	maintenance:
		'/alert maintenance [2026-01-31T02:00] <2h> all | target=node-* rule=CPU\n/alert maintenance end <id> | all',
} as const;

export const HELP = `告警 Alerts
/alert list：当前告警、静默、维护 alerts, silences, maintenance
${USES.ack}：确认，不再升级 no escalation
${USES.silence}：静默 mute
${USES.unsilence}：取消静默 end it
${USES.maintenance}：维护期间不通知，结束后汇报 muted, reported afterwards
中文 Chinese: /告警 列表、确认、静默、取消静默、维护、维护 结束、帮助`;

const MINUTE_MS = 60_000;
const MAX_DURATION_MS = 30 * 24 * 60 * MINUTE_MS;
const MAX_SCOPE_LENGTH = 200;

const useOf = (name: keyof typeof USES): CommandMistake => usageOf(USES[name]);

/**
 * Reads what follows `/alert`. Never throws; what is not understood is a `mistake`.
 * @param text the whole message, `/alert` included
 */
export function parseCommand(text: string, context: TimeContext): AlertCommand {
	const [, word = '', ...words] = wordsOf(text.slice(0, 1000));
	const name = meaning(NAMES, word);
	if (word === '') return { name: 'help' };
	if (!name) return unknownWord(word);
	if (name === 'help' || name === 'list') return { name };
	if (name === 'silence') return parseSpan(name, words, context);
	if (name === 'ack' || name === 'unsilence') return parseWhich(name, name, words);
	return /^(end|结束)$/iu.test(words[0] ?? '')
		? parseWhich('endMaintenance', name, words.slice(1))
		: parseSpan(name, words, context);
}

function parseWhich(
	name: 'ack' | 'unsilence' | 'endMaintenance',
	use: keyof typeof USES,
	[which, more]: string[],
): AlertCommand {
	if (which === undefined || more !== undefined) return useOf(use);
	if (/^(all|全部)$/iu.test(which)) return { name, which: 'all' };
	return /^[a-z2-7]{4,24}$/iu.test(which) ? { name, which: which.toLowerCase() } : useOf(use);
}

/** A beginning for maintenance if there is one, how long, and what for. */
function parseSpan(
	name: 'silence' | 'maintenance',
	words: string[],
	{ now, timezone }: TimeContext,
): AlertCommand {
	const isDate = name === 'maintenance' && words[0]?.includes('-') && !words[0].includes('=');
	const fromMs = isDate ? readMoment(words[0]!, now, timezone) : now;
	const [length = '', ...rest] = isDate ? words.slice(1) : words;
	const duration = readDuration(length);
	const scope = rest.join(' ');
	if (fromMs === undefined || duration === undefined) return useOf(name);
	if (!scopeOf(scope) || scope.length > MAX_SCOPE_LENGTH) return useOf(name);
	if (duration < MINUTE_MS || duration > MAX_DURATION_MS) {
		return { name: 'mistake', hint: '时长 1 分钟到 30 天 From 1 minute to 30 days' };
	}
	if (fromMs + duration <= now) return { name: 'mistake', hint: '已经过去 That is in the past' };
	return { name, scope, fromMs, untilMs: fromMs + duration };
}
