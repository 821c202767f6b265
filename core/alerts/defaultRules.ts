import type { Comparison, RuleRow } from './rules';

/** What a first use finds in the table. */
export const DEFAULT_RULES: readonly RuleRow[] = [
	{
		...defaults('CPU', 'cpuPercent', '>', 85),
		forMinutes: 10,
		channels: 'email, sms',
		escalateTo: 'operations',
		note: '查看占用最高的进程 Look which process it is: top -o %CPU',
	},
	{
		...defaults('内存 Memory', 'freeMemoryMb', '<', 500),
		forMinutes: 2,
		channels: 'wecom',
		escalateTo: 'sms',
		note: '查看内存占用 Look what takes it: top -o %MEM',
	},
	{
		...defaults('接口延迟 API latency', 'apiP99Ms', '>', 500),
		forMinutes: 5,
		minCount: 100,
		channels: 'dingtalk',
		escalateTo: 'sms',
		note: '查看慢推送报告 See the report on slow pushes',
	},
	{
		...defaults('可达 Reachable', 'up', '<', 1),
		forMinutes: 2,
		channels: 'operations',
		escalateTo: 'sms',
		note: '检查主机和采集地址 Check the host and the address that is scraped',
	},
	{
		// What is measured falls after two minutes by itself.
		...defaults('长连接 Connection', 'connectionUp', '<', 1),
		forMinutes: 0,
		channels: 'operations',
		escalateTo: 'sms',
		note: '按上述问题中的办法处理 Do what the problem says; the log of n8n has each change',
	},
	{
		...defaults('机器人应答 Bot answers', 'syntheticMs', '>', 10_000),
		forMinutes: 3,
		channels: 'operations',
		escalateTo: 'sms',
		note: '查看死信与 n8n 执行 See /dlq list and the executions of n8n',
	},
];

function defaults(
	name: string,
	metric: string,
	comparison: Comparison,
	threshold: number,
): Omit<RuleRow, 'forMinutes' | 'channels' | 'escalateTo' | 'note'> {
	return {
		name,
		metric,
		target: '',
		comparison,
		threshold,
		minCount: 0,
		escalateAfterMinutes: 10,
		enabled: true,
	};
}
