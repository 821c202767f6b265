import type { OutgoingMessage } from '../../protocol/outgoing';
import { platformNames } from '../../protocol/platforms';
import { platformName } from '../common/names';
import type { Attempt, DeliveryRow, DeliveryStatus } from '../delivery/delivery';

/* What operators read, in Chinese and English: one text serves a mixed team. */

type Names = Readonly<Record<string, string>>;

const STATUSES: Readonly<Record<DeliveryStatus, string>> = {
	dead: '未送达 dead',
	uncertain: '可能已送达 uncertain',
	waiting: '等待重试 waiting',
	delivered: '已送达 delivered',
	merged: '已并入摘要 merged',
	discarded: '已丢弃 discarded',
};

const KINDS: Names = {
	answer: '回答 answer',
	question: '提问 question',
	notification: '通知 notification',
	execution: '执行 execution',
	failure: '工作流失败 workflow failure',
};

/** Of an `OutgoingMessage`. */
const MESSAGE_TYPES: Readonly<Record<OutgoingMessage['type'], string>> = {
	text: '文字 text',
	markdown: '文字 Markdown',
	image: '图片 image',
	file: '文件 file',
	audio: '语音 audio',
	video: '视频 video',
	card: '卡片 card',
	raw: '平台原始消息 raw message',
};

type ShownClass = Attempt['class'];

/** What a person can do about a class; the platform's own cure stands in the execution. */
const CLASSES: Readonly<Record<ShownClass, readonly [name: string, cure: string]>> = {
	badCredentials: [
		'凭证有误',
		'在 n8n 中更正凭证（密钥、加签、令牌），再重发。 Correct the credential in n8n, then replay.',
	],
	tokenExpired: [
		'令牌过期',
		'通常会自愈；若反复出现，请检查凭证和服务器时间。 Usually mends itself; if not, check credential and clock.',
	],
	permissionDenied: [
		'没有权限',
		'在平台后台开通权限或把服务器 IP 加入白名单，再重发。 Grant the app the permission or allow the server’s IP, then replay.',
	],
	targetGone: [
		'接收方不存在',
		'确认群、人或机器人还在；不再需要就丢弃。 Check that the group, person or robot still exists; else discard.',
	],
	badRequest: [
		'请求有误',
		'查看执行记录，更正工作流或编辑内容后重发。 Look at the execution, correct the workflow or edit the text.',
	],
	tooLong: ['内容过长', '缩短后重发（/dlq edit）。 Shorten it (/dlq edit).'],
	contentRejected: [
		'内容被拒',
		'修改措辞后重发（/dlq edit），例如加上机器人的关键词。 Reword it (/dlq edit), for example with the robot’s keyword.',
	],
	rateLimited: ['发送过快', '稍后用较低速度重发。 Replay later, at a lower speed.'],
	quotaExhausted: [
		'额度用尽',
		'充值或等待额度恢复，再重发。 Top up or wait for the quota, then replay.',
	],
	temporary: ['对方故障', '对方恢复后重发。 Replay when the other side is well again.'],
	unknownOutcome: [
		'结果未知',
		'先在会话中确认是否已收到；没有收到再强制重发（force）。 Look whether it arrived; if it did not, replay with force.',
	],
	crashed: [
		'进程中断',
		'查看 n8n 日志（内存不足？），在执行页面点 Retry。 Read n8n’s log (out of memory?), then retry the execution.',
	],
	delivered: ['已送达', '不需要处理。 Nothing to do.'],
	unclassified: ['未分类', '查看执行记录。 Look at the execution.'],
};

/** What a letter is told apart by, where that is one of a few: each value as people read it. */
export const CHOICES: Readonly<Record<'status' | 'platform' | 'class' | 'kind', Names>> = {
	status: { ...STATUSES, all: '全部 all' },
	platform: Object.fromEntries(platformNames.map((name) => [name, platformName(name)])),
	class: Object.fromEntries(
		Object.entries(CLASSES).map(([name, [chinese]]) => [name, `${chinese} ${name}`]),
	),
	kind: KINDS,
};

export const isChosen = (field: string): field is keyof typeof CHOICES =>
	Object.hasOwn(CHOICES, field);

/** The value that a person means by its name, by what they read or by a word of that; undefined for none. */
export function choiceOf(field: keyof typeof CHOICES, text: string): string | undefined {
	const wanted = text.trim().toLowerCase();
	return Object.entries(CHOICES[field]).find(([value, label]) =>
		[value, label, ...label.split(' ')].some((name) => name.toLowerCase() === wanted),
	)?.[0];
}

/** A workflow that failed has no message here that could be sent again: n8n keeps what came in with the execution. */
const WORKFLOW_CURE =
	'更正工作流，然后在 n8n 中重试该次执行（Retry）；处理后在此丢弃。 Correct the workflow, then retry that execution in n8n; discard this afterwards.';

const isClass = (name: string): name is ShownClass => Object.hasOwn(CLASSES, name);
export const messageTypeName = (type: OutgoingMessage['type']): string => MESSAGE_TYPES[type];
const named = (names: Names, name: string): string =>
	Object.hasOwn(names, name) ? names[name]! : name;

export const statusName = (name: string): string => named(STATUSES, name);
export const kindName = (name: string): string => named(KINDS, name);

function className(name: string): string {
	return isClass(name) ? `${CLASSES[name][0]} ${name}` : name;
}

export function cureOf({ class: name, kind, status }: DeliveryRow): string {
	if (kind === 'failure') return WORKFLOW_CURE;
	// What went out at the first attempt never got a class.
	if (name === '' && (status === 'delivered' || status === 'merged')) return CLASSES.delivered[1];
	return CLASSES[isClass(name) ? name : 'unclassified'][1];
}

/** Where a row comes from: `钉钉 DingTalk · app`; what it is where no platform has to do with it. */
export function sourceOf(row: DeliveryRow): string {
	const parts = [platformName(row.platform), row.bot].filter((part) => part !== '');
	return parts.length > 0 ? parts.join(' · ') : kindName(row.kind);
}

/** A class with the other side's code. */
export function failureName(row: DeliveryRow): string {
	const name = className(row.class);
	return row.code ? `${name} (${row.code})` : name || '-';
}
