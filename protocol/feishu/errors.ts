import {
	classifyStatus,
	failure,
	httpFailure,
	isSuccess,
	lookUp,
	type Answer,
	type Failure,
	type KnownFailure,
} from '../errors';
import { asFields, asText, type Fields } from '../fields';

const CREDENTIALS: KnownFailure = [
	'badCredentials',
	'Check App ID and App Secret (应用凭证) in the credential, and that the app is enabled.',
];
const TOKEN: KnownFailure = ['tokenExpired', CREDENTIALS[1]];
const SCOPE: KnownFailure = [
	'permissionDenied',
	'Give the app the permission that the message names (权限管理) and publish a version.',
];
const ADDRESS: KnownFailure = [
	'permissionDenied',
	'Add this server’s address to the list (IP 白名单).',
];
const BUSY: KnownFailure = ['temporary', 'Feishu is busy: send again.'];
const BAD: KnownFailure = ['badRequest', 'Check the fields of the message.'];
const TOO_LONG: KnownFailure = ['tooLong', 'Send less at once, or set Long Text to split it.'];
const BLOCKED: KnownFailure = ['contentRejected', 'Feishu blocked the content: change the text.'];
const FREQUENCY: KnownFailure = ['rateLimited', 'At most 5 messages a second to one chat.', 1000];
/** 5 messages a second and 100 a minute; whole and half hours are crowded. */
const ROBOT_RATE: KnownFailure = [
	'rateLimited',
	'A group robot may send 5 messages a second and 100 a minute: send again later.',
	10_000,
];
const SENDING: KnownFailure = ['temporary', 'The same message is being sent right now.', 1000];
const GROUP_FORBIDS: KnownFailure = [
	'permissionDenied',
	'The group does not let the bot write: ask its owner to allow it (群发言权限).',
];
const GROUP_GONE: KnownFailure = ['targetGone', 'The group is dissolved: choose another.'];
const PERSON_GONE: KnownFailure = ['targetGone', 'The person cannot be reached: check the id.'];
const MESSAGE_GONE: KnownFailure = ['targetGone', 'The message was recalled or deleted.'];
const OUTSIDE: KnownFailure = [
	'permissionDenied',
	'The bot is not in the conversation of this message: add it (群设置 → 群机器人).',
];
const CARD_GONE: KnownFailure = ['targetGone', 'The card is missing or too old: send a new one.'];

const CODES: Readonly<Record<string, KnownFailure>> = {
	// Calls of the app
	'99991400': ['rateLimited', 'Too many calls of this API: send again later.', 1000],
	'99991401': ADDRESS,
	'99991403': ['quotaExhausted', 'The monthly quota of API calls is used up: buy more or wait.'],
	'99991661': TOKEN,
	'99991663': TOKEN,
	'99991664': TOKEN,
	'99991665': TOKEN,
	'99991671': TOKEN,
	'20013': TOKEN,
	// User tokens are not used here: one that has ended was put there by hand.
	'99991668': CREDENTIALS,
	'99991677': CREDENTIALS,
	'10003': CREDENTIALS,
	'10014': CREDENTIALS,
	'10015': CREDENTIALS,
	'20002': CREDENTIALS,
	'99991672': SCOPE,
	'99991676': SCOPE,
	'99991679': SCOPE,
	'230027': SCOPE,
	'9499': BAD,
	'99992402': BAD,
	'230001': BAD,
	'1500': BUSY,
	'2200': BUSY,
	'5000': BUSY,

	// Messages
	'230002': ['targetGone', 'The bot is not in this group: add it (群设置 → 群机器人).'],
	'230006': [
		'permissionDenied',
		'Switch the app’s bot on (应用能力 → 机器人) and publish a version.',
	],
	'230011': MESSAGE_GONE,
	'230013': [
		'permissionDenied',
		'The person is outside the app’s availability (可用范围): add them and publish a version.',
	],
	'230017': ['badRequest', 'Files belong to the bot that uploaded them: upload it with this app.'],
	'230018': GROUP_FORBIDS,
	'230019': ['targetGone', 'The topic is not there (any more).'],
	'230020': FREQUENCY,
	'230022': BLOCKED,
	'230025': TOO_LONG,
	'230028': BLOCKED,
	'230029': PERSON_GONE,
	'230031': ['targetGone', 'A card can be changed for 14 days: send a new one.'],
	'230034': PERSON_GONE,
	'230035': GROUP_FORBIDS,
	'230038': ['permissionDenied', 'The app may not write to people of another company.'],
	'230049': SENDING,
	'230053': ['targetGone', 'The person has blocked the bot.'],
	'230054': ['badRequest', 'This kind of message cannot be changed this way.'],
	'230055': ['badRequest', 'The file’s type does not fit the kind of message.'],
	'230071': ['permissionDenied', 'Only the app that sent a message can change it.'],
	'230072': ['badRequest', 'A message can be edited 20 times: send a new one.'],
	'230110': MESSAGE_GONE,
	'231001': ['badRequest', 'Feishu knows no emoji of this name: see its list (表情文案说明).'],
	'231002': OUTSIDE,
	'231003': MESSAGE_GONE,
	'231004': GROUP_GONE,
	'231005': MESSAGE_GONE,
	'231008': OUTSIDE,
	'231015': SENDING,
	'232009': GROUP_GONE,
	'234043': ['badRequest', 'Files in cards and merged forwards cannot be downloaded.'],
	'18121': SENDING,

	// Cards
	'200740': CARD_GONE,
	'200750': CARD_GONE,
	'200810': ['temporary', 'Somebody is using the card right now: update it again.', 1000],
	'200860': TOO_LONG,
	'300030': ['targetGone', 'A card action can update its card for 30 minutes and twice.'],
	'300305': ['tooLong', 'A card takes 200 elements: send less at once.'],
	'300317': ['badRequest', 'The sequence of a card’s updates must rise.'],

	// Group robots
	'11232': ROBOT_RATE,
	'11233': ROBOT_RATE,
	'11247': ROBOT_RATE,
	'11246': ['badRequest', 'The card’s content is not valid.'],
	'19001': ['targetGone', 'The robot is gone: add it again and take its new webhook address.'],
	'19002': BAD,
	'19021': [
		'badCredentials',
		'Check Secret (签名校验) in the credential and this server’s clock, which may be an hour off.',
	],
	'19022': ADDRESS,
	'19024': [
		'contentRejected',
		'The text lacks the robot’s keyword (自定义关键词): add it to the text.',
	],
	'19036': TOO_LONG,

	// Long connection
	'1': BUSY,
	'403': ['permissionDenied', 'Set the app’s subscription to 使用长连接接收事件.'],
	'514': CREDENTIALS,
	'1000040343': BUSY,
	'1000040350': ['quotaExhausted', 'The app has 50 connections open: close others.'],
};

/** The content of a card; what is wrong with it stands in the text. */
function cardContent(message: string): KnownFailure {
	return /Service Internal Error|card action is lock/i.test(message)
		? BUSY
		: ['badRequest', 'The card’s content is not valid: its ErrCode says what.'];
}

const UNKNOWN: KnownFailure = [
	'unclassified',
	'Look the code up in Feishu’s documentation (通用错误码).',
];
const FOREIGN: KnownFailure = [
	'unclassified',
	'This is no answer of Feishu: check Base URL or Webhook URL, and proxies in between.',
];

interface ErrorBody {
	code?: unknown;
	msg?: unknown;
	/** Some group robots know only this older spelling. */
	StatusCode?: unknown;
	StatusMessage?: unknown;
}

/** What an answer says. Undefined: success. Errors come with HTTP 400 mostly, but also with 200. */
export function classify({ status, headers, body }: Answer): Failure | undefined {
	// A downloaded file.
	if (Buffer.isBuffer(body) && isSuccess(status)) return undefined;
	const fields: ErrorBody = asFields(body);
	const given = fields.code ?? fields.StatusCode;
	if (given === undefined) return noCode(status);
	const code = asText(given);
	if (code === '0') return isSuccess(status) ? undefined : noCode(status);
	// The idempotency key of a card update is known already: the update has been made.
	if (code === '200770') return undefined;
	const said = asText(fields.msg ?? fields.StatusMessage);
	const logId = headers['x-tt-logid'];
	const message = typeof logId === 'string' ? `[log id ${logId}] ${said}` : said;
	const known = code === '230099' ? cardContent(said) : lookUp(CODES, code);
	const found = failure(known ?? byStatus(status), code, message);
	const wait = Number(headers['x-ogw-ratelimit-reset']);
	return found.class === 'rateLimited' && wait > 0
		? { ...found, retryAfterMs: wait * 1000 }
		: found;
}

function noCode(status: number): Failure {
	return httpFailure(status, '', isSuccess(status) ? FOREIGN : undefined);
}

/** A success that names no message is none: each message of the app has an id. */
export function notSent({ data }: Fields): Failure | undefined {
	if (asText(asFields(data).message_id)) return undefined;
	return failure(FOREIGN, 'message_id', 'The answer names no message');
}

/** HTTP 400 goes with most codes and says nothing by itself. */
function byStatus(status: number): KnownFailure {
	return status > 400 ? classifyStatus(status) : UNKNOWN;
}
