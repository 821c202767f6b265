import {
	classifyStatus,
	failure,
	httpCode,
	httpFailure,
	isSuccess,
	judgeStatus,
	lookUp,
	type Answer,
	type Failure,
	type KnownFailure,
} from '../errors';
import { asFields, asText, type Fields } from '../fields';

const MINUTE_MS = 60_000;

const TOKEN: KnownFailure = [
	'tokenExpired',
	'Check Client ID and Client Secret (应用凭证) in the credential.',
];
const CREDENTIALS: KnownFailure = [
	'badCredentials',
	'Check Client ID and Client Secret (应用凭证) in the credential.',
];
/** DingTalk throttles a robot for 10 minutes once it is over 20 messages a minute. */
const ROBOT_RATE: KnownFailure = [
	'rateLimited',
	'A group robot may send 20 messages a minute; DingTalk now blocks it for up to 10 minutes.',
	10 * MINUTE_MS,
];
const QPS: KnownFailure = ['rateLimited', 'Too many calls a second: send again in a second.', 1000];
const QUOTA: KnownFailure = [
	'quotaExhausted',
	'The monthly quota of API calls is used up: buy more calls or wait for next month.',
];
const ROBOT_GONE: KnownFailure = [
	'targetGone',
	'The robot or its group is gone or disabled: add the robot again and take its new webhook address.',
];
const BAD: KnownFailure = ['badRequest', 'Check the fields of the message.'];
const BLOCKED: KnownFailure = ['contentRejected', 'DingTalk blocked the content: change the text.'];
const SCOPE: KnownFailure = [
	'permissionDenied',
	'Give the app the permission that the message names (权限管理) and publish it.',
];

/** Codes inside HTTP 200 of the old API, robots included. */
const OLD_API: Readonly<Record<string, KnownFailure>> = {
	'-1': ['temporary', 'DingTalk is busy: send again.'],
	'22': BAD,
	'404': BAD,
	'33001': CREDENTIALS,
	'40001': TOKEN,
	'40014': TOKEN,
	'41001': TOKEN,
	'42001': TOKEN,
	'40000': CREDENTIALS,
	'40035': BAD,
	'40096': CREDENTIALS,
	'43004': BAD,
	'60011': SCOPE,
	'60020': ['permissionDenied', 'Add this server’s address to the app’s list (服务器出口 IP).'],
	'90002': QPS,
	'90018': QPS,
	'90020': QUOTA,
	'90030': QUOTA,
	'130101': ROBOT_RATE,
	'410100': ROBOT_RATE,
	'660026': ROBOT_RATE,
	'300001': ROBOT_GONE,
	'300005': ROBOT_GONE,
	'400013': ROBOT_GONE,
	'400101': ROBOT_GONE,
	'400102': ROBOT_GONE,
	'400105': BAD,
	'400106': ROBOT_GONE,
	'460101': ['tooLong', 'A message may have 20,000 bytes: shorten it.'],
	'430101': BLOCKED,
	'430102': BLOCKED,
	'430103': BLOCKED,
	'430104': BLOCKED,
};

/**
 * One code with four causes: only its text, English or Chinese, tells them apart. What follows `solution:`
 * does not count: it speaks of the time also where the signature is wrong.
 */
function robotSecurity(message: string): KnownFailure {
	const [said = ''] = message.split('solution:');
	if (/keyword|关键词/i.test(said)) {
		return [
			'contentRejected',
			'The text lacks the robot’s keyword (自定义关键词): add it to the text.',
		];
	}
	if (/timestamp|expired|时间戳|过期/i.test(said)) {
		return ['badCredentials', 'This server’s clock is off by over an hour: set it.'];
	}
	if (/\bsign|签名/i.test(said)) {
		return ['badCredentials', 'Check Secret (加签密钥, begins with SEC) in the credential.'];
	}
	// A whole word, because `description` has it too. Chinese letters end a word.
	if (/\bip\b|whitelist|白名单/i.test(said)) {
		return ['permissionDenied', 'Add this server’s address to the robot’s list (IP 地址段).'];
	}
	return [
		'permissionDenied',
		'Check the robot’s security settings (安全设置): its keyword (自定义关键词), Secret (加签密钥), this server’s clock, and its address (IP 地址段).',
	];
}

/** Codes of the new API: dotted words in HTTP 4xx and 5xx. The first match counts. */
const NEW_API: ReadonlyArray<readonly [pattern: RegExp, known: KnownFailure]> = [
	// HTTP 400, not 401.
	[/^InvalidAuthentication/i, TOKEN],
	[/invalidClientIdOrSecret/i, CREDENTIALS],
	[/MissingParameter/i, BAD],
	[/ApiCountLimitForOrg/i, QUOTA],
	[/QpsLimit|Throttling|flow.?control/i, QPS],
	[/AccessTokenPermissionDenied|IpNotInWhiteList/i, SCOPE],
	[
		/staffId\.notExisted|chatbotId\.notAllow|bot\.stopped|robot\.?not|atMember\.nonexist/i,
		[
			'targetGone',
			'The person or the robot is not there: check the user id and that the robot is published for them.',
		],
	],
	[/bot\.forbidden|Forbidden/i, SCOPE],
	[/contain\./i, BLOCKED],
	[/batch\.toolarge/i, ['tooLong', 'At most 20 people a message.']],
	[/ServiceUnavailable|system\.error/i, ['temporary', 'DingTalk has a fault: send again.']],
];

const UNKNOWN: KnownFailure = [
	'unclassified',
	'Look the code up in DingTalk’s documentation (全局错误码).',
];
const FOREIGN: KnownFailure = [
	'unclassified',
	'The answer is not DingTalk’s: check the base URL and the proxy in between.',
];

interface ErrorBody {
	errcode?: unknown;
	errmsg?: unknown;
	sub_code?: unknown;
	sub_msg?: unknown;
	code?: unknown;
	message?: unknown;
	punish?: unknown;
	status?: unknown;
}

/** What an answer of either API says. Undefined: success, of which the new API says no code. */
export function classify({ status, body }: Answer): Failure | undefined {
	const fields: ErrorBody = asFields(body);
	if (fields.punish !== undefined && fields.errcode === undefined) {
		const known: KnownFailure = [
			'rateLimited',
			'DingTalk blocks this server’s address for 5 minutes: fewer calls.',
			5 * MINUTE_MS,
		];
		return failure(known, asText(fields.status) || 'punish', 'The address is blocked');
	}
	if (fields.errcode !== undefined) return oldApi(status, fields);
	if (isSuccess(status) && fields.code === undefined) {
		const isObject = typeof body === 'object' && body !== null && !Array.isArray(body);
		return isObject ? undefined : foreign(status, 'The answer is no JSON object');
	}
	const code = asText(fields.code) || httpCode(status);
	const known = NEW_API.find(([pattern]) => pattern.test(code))?.[1];
	// A 401 without a code means the token, as HTTP 400 InvalidAuthentication does.
	const byStatus = status === 401 ? TOKEN : classifyStatus(status);
	return failure(known ?? (isSuccess(status) ? FOREIGN : byStatus), code, asText(fields.message));
}

/** What a robot's address or a session webhook says: a success of the old API has its code, too. */
export function classifyRobot(answer: Answer): Failure | undefined {
	const refusal = classify(answer);
	if (refusal || asFields(answer.body).errcode !== undefined) return refusal;
	return foreign(answer.status, 'The answer has no errcode');
}

/** A success that names no message is none: each message of the app has a key. */
export function notSent({ processQueryKey }: Fields): Failure | undefined {
	if (asText(processQueryKey)) return undefined;
	return failure(FOREIGN, 'processQueryKey', 'The answer names no message');
}

const foreign = (status: number, message: string): Failure => httpFailure(status, message, FOREIGN);

function oldApi(status: number, fields: ErrorBody): Failure | undefined {
	const wrapped = asText(fields.errcode) === '88' && fields.sub_code !== undefined;
	const code = asText(wrapped ? fields.sub_code : fields.errcode);
	const message = asText(wrapped ? fields.sub_msg : fields.errmsg);
	if (code === '0') return judgeStatus(status, message);
	if (code === '310000') return failure(robotSecurity(message), code, message);
	if (/^900(0[1-9]|1[0-4])$/.test(code) && !lookUp(OLD_API, code)) {
		return failure(['rateLimited', 'Too many calls: slow down.', MINUTE_MS], code, message);
	}
	return failure(lookUp(OLD_API, code) ?? UNKNOWN, code, message);
}
