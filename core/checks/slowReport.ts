import type { OperationsNotification } from '../common/notification';
import { PUSH_PARTS, type PushPart, type Push } from './pushes';
import { MOST_READ, type Listed } from './slowExecutions';
import { timeText } from '../common/time';
import { platformName } from '../common/names';

export interface SlowReport {
	/** From executions and from the store, slow or not. */
	pushes: Push[];
	/** The executions that were listed. */
	listed: Listed;
	/** How long a bare request to a platform takes, in ms, by platform. */
	networkMs: Map<string, number>;
	/** What is slow. */
	overMs: number;
}

export interface SlowContext {
	/** Tells this report from all others. */
	run: string;
	timezone: string;
	/** Address of an execution; empty where it has none. */
	link(push: Push): string;
}

/** The sending is shown in two parts where the network's share is known. */
type Shown = Exclude<PushPart, 'send'> | 'network' | 'platform';

const NAMES: Readonly<Record<Shown, string>> = {
	inbound: '平台 → n8n from the platform',
	queue: 'n8n 排队 waiting in n8n',
	model: '模型 model',
	rateLimit: '限流等待 rate limit',
	n8n: 'n8n 中断 n8n was down',
	network: '网络 network',
	platform: '平台处理与重试 platform, and its failures',
};

const CURES: Readonly<Record<Shown, string>> = {
	inbound:
		'消息到达 n8n 之前就慢了：检查回调地址的网络、反向代理和本机时钟（ClawBot 3 operations: check clock）。 Slow before n8n: look at the way of the callbacks (proxy, DNS), and at the clock.',
	queue:
		'同一会话的上一个回答未结束，或 n8n 忙：设置 N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE=true，增加 CPU，或用队列模式加 worker（docs/queue-mode.md）。 An earlier answer of the same conversation was under way, or n8n is busy: set that variable, add processors, or workers in queue mode.',
	model:
		'换更快的模型或就近的地址，缩短系统提示词，减小「最大回答长度」，检查模型服务的并发上限。 Choose a faster model or a nearer address, shorten the system prompt, lower Maximum Answer Length, look at the provider’s concurrency limit.',
	rateLimit:
		'触到平台频率限制：合并通知，错开群发，或为不同群使用不同机器人。 The platform’s rate limit: merge notifications, spread broadcasts, use a robot for each group.',
	n8n: 'n8n 曾中断：查看其日志与内存，见执行列表中的 crashed。 n8n was down: read its log, look at memory.',
	network:
		'到平台的网络慢：检查 DNS、代理和出口线路。 The way to the platform is slow: look at DNS, proxy and line.',
	platform:
		'平台响应慢或曾失败后重试：查看平台的服务状态和 /dlq；长文本会分多条依次发送。 The platform is slow, or failed and was tried again: look at its status page and /dlq; a long text goes in several messages, one after the other.',
};

/** Parts below this share of the time are not worth a change. */
const WORTH = 0.2;
const MOST_SHOWN = 5;

/** What people are told of slow messages; undefined where none was slow and all could be looked at. */
export function slowNotification(
	report: SlowReport,
	context: SlowContext,
): OperationsNotification | undefined {
	const { pushes, listed, networkMs, overMs } = report;
	const slow = pushes.filter(({ totalMs }) => totalMs > overMs);
	if (slow.length === 0 && !listed.problem) return undefined;
	const read =
		listed.slow.length > MOST_READ ? `，只分析最慢的 only the slowest were read: ${MOST_READ}` : '';
	return {
		title: '慢推送 Slow pushes',
		text: [
			`🐢 过去 24 小时超过 ${seconds(overMs)} 的消息 · Messages over ${seconds(overMs)} in the last 24 hours: ${slow.length}`,
			`执行 Executions: ${listed.slow.length} / ${listed.count} 慢 slow${read}`,
			...(listed.problem
				? [`⚠️ 执行列表读取失败 The executions could not be listed: ${listed.problem}`]
				: []),
			...(slow.length > 0 ? explanation(slow, networkMs, context) : []),
		].join('\n'),
		key: `slow:${context.run}`,
		priority: 'broadcast',
	};
}

function explanation(slow: Push[], networkMs: Map<string, number>, context: SlowContext): string[] {
	const shares = sharesOf(slow, networkMs);
	const total = shares.reduce((sum, { ms }) => sum + ms, 0);
	const worst = [...slow].sort((a, b) => b.totalMs - a.totalMs).slice(0, MOST_SHOWN);
	return [
		'',
		'【时间去向 Where the time went】',
		...shares.map(
			({ part, ms, medianMs, maxMs }) =>
				`· ${NAMES[part]}: ${Math.round((100 * ms) / total)}%（中位 median ${seconds(medianMs)}，最大 max ${seconds(maxMs)}）`,
		),
		'',
		'【最慢 Slowest】',
		...worst.map((push) => lineOf(push, networkMs, context)),
		'',
		'【建议 What to change】',
		...shares
			.filter(({ ms }) => ms / total >= WORTH)
			.map(({ part }) => `· ${NAMES[part]}: ${CURES[part]}`),
	];
}

interface Share {
	part: Shown;
	/** Of all slow messages together. */
	ms: number;
	medianMs: number;
	maxMs: number;
}

/** What each part took, the largest first. */
function sharesOf(slow: Push[], networkMs: Map<string, number>): Share[] {
	const all = slow.map((push) => shownParts(push, networkMs));
	const names = Object.keys(NAMES) as Shown[];
	return names
		.map((part) => {
			const times = all.map((parts) => parts.get(part) ?? 0).sort((a, b) => a - b);
			const ms = times.reduce((sum, time) => sum + time, 0);
			return {
				part,
				ms,
				medianMs: times[Math.floor(times.length / 2)] ?? 0,
				maxMs: times.at(-1) ?? 0,
			};
		})
		.filter(({ ms }) => ms > 0)
		.sort((a, b) => b.ms - a.ms);
}

function shownParts({ platform, parts }: Push, networkMs: Map<string, number>): Map<Shown, number> {
	const shown = new Map<Shown, number>();
	for (const part of PUSH_PARTS) {
		const ms = parts[part] ?? 0;
		if (part !== 'send') shown.set(part, ms);
		else {
			const network = Math.min(ms, networkMs.get(platform) ?? 0);
			shown.set('network', network);
			shown.set('platform', ms - network);
		}
	}
	return shown;
}

function lineOf(
	push: Push,
	networkMs: Map<string, number>,
	{ timezone, link }: SlowContext,
): string {
	const [main] = [...shownParts(push, networkMs)].sort(([, a], [, b]) => b - a);
	const [part, ms] = main!;
	const address = link(push);
	return `· ${timeText(push.at, timezone)} ${platformName(push.platform)} ${seconds(push.totalMs)}，${NAMES[part]} ${seconds(ms)}${address ? ` ${address}` : ''}`;
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
