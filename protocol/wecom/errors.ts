import {
	failure,
	httpFailure,
	isSuccess,
	judgeStatus,
	lookUp,
	type Answer,
	type Failure,
	type FailureClass,
	type KnownFailure,
} from '../errors';
import { asFields, asText } from '../fields';

const MINUTE_MS = 60_000;

const TOKEN: KnownFailure = [
	'tokenExpired',
	'Check Corp ID and Secret in the credential: the secret must be that of this app.',
];
const CREDENTIALS: KnownFailure = [
	'badCredentials',
	'Check Corp ID (企业 ID) and Secret of the app in the credential.',
];
const SCOPE: KnownFailure = [
	'permissionDenied',
	'Let the app see the people concerned (可见范围) and give it the permission, or enable it again.',
];
const PEOPLE: KnownFailure = [
	'targetGone',
	'Check the user ids (账号): the people must exist and be in the app’s range (可见范围).',
];
const ROBOT_GONE: KnownFailure = [
	'targetGone',
	'The robot is disabled or no longer in the group: add it again and take its new webhook address.',
];
const MEDIA: KnownFailure = [
	'badRequest',
	'Upload the file again: media ids live 3 days and each type has its size and format.',
];
const CARD: KnownFailure = [
	'badRequest',
	'Check the card’s task_id, button keys and that this app has sent it.',
];
const BAD: KnownFailure = ['badRequest', 'Check the fields of the message.'];
const STREAM_OVER: KnownFailure = [
	'targetGone',
	'The message can no longer be answered this way: send a new message.',
];

/** Codes inside HTTP 200, of every API. */
const CODES: Readonly<Record<string, KnownFailure>> = {
	'-1': ['temporary', 'WeCom is busy: send again, at most three times.'],
	'40014': TOKEN,
	'41001': TOKEN,
	'42001': TOKEN,
	'40001': CREDENTIALS,
	'40013': CREDENTIALS,
	'40091': CREDENTIALS,
	'41002': CREDENTIALS,
	'41004': CREDENTIALS,
	// Blocked for the length of the window that was exceeded: a minute, an hour or a day.
	'45009': [
		'rateLimited',
		'Too many calls: a group robot may send 20 messages a minute. Wait a minute or longer.',
		MINUTE_MS,
	],
	'45033': ['rateLimited', 'Too many calls at once: send again.', 1000],
	'45035': ['temporary', 'Another call changes the same thing: send again.'],
	'45002': ['tooLong', 'Shorten the text, or set Long Text to split it.'],
	'48001': SCOPE,
	'48002': SCOPE,
	'50002': SCOPE,
	'50003': SCOPE,
	'60011': SCOPE,
	'301002': SCOPE,
	'40056': [
		'badRequest',
		'Check Agent ID (AgentId) in the credential: it must be that of this app.',
	],
	'40003': PEOPLE,
	'46004': PEOPLE,
	'60111': PEOPLE,
	'81013': PEOPLE,
	'82001': ['badRequest', 'Name at least one person, department or tag to send to.'],
	'40004': MEDIA,
	'40005': MEDIA,
	'40006': MEDIA,
	'40007': MEDIA,
	'40009': MEDIA,
	'41005': MEDIA,
	'45001': MEDIA,
	'830002': ['tooLong', 'The file is over 20 MB: fetch it in ranges.'],
	'40008': BAD,
	'40033': BAD,
	'40035': BAD,
	'40058': BAD,
	'44004': BAD,
	'93017': BAD,
	'93000': ROBOT_GONE,
	'93004': ROBOT_GONE,
	'93008': ROBOT_GONE,
	'42014': CARD,
	'42015': CARD,
	'42016': CARD,
	'42017': CARD,
	'95001': [
		'quotaExhausted',
		'A customer takes 5 messages until they write again (微信客服): wait for their next message.',
	],
	'95007': [
		'badRequest',
		'The token of the customer service event (微信客服) is over 10 minutes old.',
	],
	'95018': ['badRequest', 'The customer’s session (微信客服) is in a state that takes no message.'],
	'846605': STREAM_OVER,
	'846608': STREAM_OVER,
};

const UNKNOWN: KnownFailure = [
	'unclassified',
	'Look the code up in WeCom’s documentation (全局错误码).',
];

const FOREIGN: KnownFailure = [
	'unclassified',
	'The answer is not WeCom’s: check the base URL, and any proxy in between.',
];

/** What an answer says. Undefined: success, of which every API says `errcode: 0`. */
export function classify({ status, body }: Answer): Failure | undefined {
	const { errcode, errmsg } = asFields(body);
	if (errcode === undefined) {
		return httpFailure(status, '', isSuccess(status) ? FOREIGN : undefined);
	}
	const code = asText(errcode);
	const message = asText(errmsg);
	if (code === '0') return judgeStatus(status, message);
	if (code === '60020') return failure(addressRefused(message), code, message);
	return failure(lookUp(CODES, code) ?? UNKNOWN, code, message);
}

/** Also what an address says that has taken its answer: with which code is not published. */
const MAYBE_USED: ReadonlySet<FailureClass> = new Set<FailureClass>([
	'badRequest',
	'targetGone',
	'unclassified',
]);

/**
 * What the address of an AI bot's message says to its answer. It takes one: where it refuses, an answer of
 * before a crash may stand in the conversation already. What it says to an answer that it takes is not
 * documented: it may be nothing.
 */
export function classifyResponse(answer: Answer): Failure | undefined {
	if (isSuccess(answer.status) && isNothing(answer.body)) return undefined;
	const refusal = classify(answer);
	if (!refusal || !MAYBE_USED.has(refusal.class)) return refusal;
	const cure =
		'Look into the conversation: the address takes one answer, which may be there already.';
	return { ...refusal, class: 'unknownOutcome', cure };
}

/** What a frame on an AI bot's connection is answered. Undefined: success. */
export const classifyReply = (code: string, message: string): Failure | undefined =>
	classify({ status: 200, headers: {}, body: { errcode: code, errmsg: message } });

/** Whether the id of a callback takes no answer (any more), so that a message of its own answers. */
export const isOver = ({ code }: Failure): boolean => code === '846605' || code === '846608';

/** What passes without anybody doing something. */
const PASSING: ReadonlySet<FailureClass> = new Set<FailureClass>(['rateLimited', 'temporary']);

/** What the first frame of a long connection is answered: which codes refuse a bot is not published. */
export function classifySubscription(code: string, message: string): Failure | undefined {
	const refusal = classifyReply(code, message);
	if (!refusal || PASSING.has(refusal.class)) return refusal;
	const cure =
		'Check Bot ID and Secret in the credential (智能机器人 → API 模式 → 使用长连接), and that the bot is set to it.';
	return { ...refusal, class: 'badCredentials', cure };
}

function isNothing(body: unknown): boolean {
	if (body === undefined || body === null || body === '') return true;
	return typeof body === 'object' && !Array.isArray(body) && Object.keys(body).length === 0;
}

/** Only the message tells which address WeCom saw: behind a NAT no machine knows its own. */
function addressRefused(message: string): KnownFailure {
	const address = /from ip:\s*([0-9a-f.:]+)/i.exec(message)?.[1] ?? 'of this server';
	return [
		'permissionDenied',
		`Allow the address ${address} on the app’s page (企业可信IP); it takes a minute to apply.`,
	];
}
