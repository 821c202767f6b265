import type { OperationsNotification } from '../common/notification';
import type { CheckName, Compared, NotChecked, Severity } from './findings';
import type { SecurityReport } from './security';
import { ticketKey } from './security';

export interface SecurityReportContext {
	/** Tells this report from all others. */
	run: string;
	/** Date of the report: `2027-01-01`. */
	date: string;
	quarter: string;
	/** When the real test is due, and who sees to it. */
	dueDate: string;
	owner: string;
	/** What it is about: names and addresses. */
	scope: string[];
}

const SEVERITIES: Readonly<Record<Severity, string>> = {
	high: '高 high',
	medium: '中 medium',
	low: '低 low',
};

const CHECKS: Readonly<Record<CheckName, string>> = {
	ports: '端口 ports',
	certificates: '证书 certificates',
	files: '文件权限 file permissions',
	packages: '软件包 packages',
	keys: '密钥 keys',
	n8n: 'n8n 审计 n8n’s audit',
	settings: '设置 settings',
	penetrationTest: '渗透测试 penetration test',
};

/** As many lines of one kind as people read in a chat; the table has all. */
const MOST_LINES = 20;

const THIS_IS_A_SCAN =
	'这是自动扫描，不是渗透测试；结果干净不代表系统安全。 This is a scan, not a penetration test: nothing found does not mean nothing there.';

const NO_EARLIER_ONE =
	'表 clawbot_security 中没有上一次的结果，全部算作新增。 The table holds no earlier report: all of it counts as new.';

/** The report of a check, and the ticket for what a machine cannot do. */
export function reportNotifications(
	report: SecurityReport,
	context: SecurityReportContext,
): OperationsNotification[] {
	return [
		{
			title: `安全检查 Security check ${context.date}`,
			text: reportText(report, context),
			key: `security:${context.run}`,
			priority: 'alert',
		},
		ticketOf(context),
	];
}

function reportText(
	{ first, compared, notChecked }: SecurityReport,
	{ date }: SecurityReportContext,
): string {
	const open = compared.filter(({ row, accepted }) => row.status === 'open' && !accepted);
	const accepted = compared.filter((each) => each.row.status === 'open' && each.accepted);
	const by = (change: Compared['change']): Compared[] =>
		open.filter((each) => each.change === change);
	const gone = compared.filter(({ change }) => change === 'gone');
	const fresh = [...by('new'), ...by('more')];
	const counts = (Object.keys(SEVERITIES) as Severity[]).map(
		(severity) =>
			`${SEVERITIES[severity]} ${open.filter(({ row }) => row.severity === severity).length}`,
	);
	return [
		`🛡 安全检查 Security check ${date}`,
		counts.join('，'),
		`与上次相比 Since the last one: 新增 new ${fresh.length}，仍在 still there ${by('still').length}，消除 gone ${gone.length}，已接受 accepted ${accepted.length}`,
		...(first ? [NO_EARLIER_ONE] : []),
		...section('新增 New', fresh.map(lineOf)),
		...section('仍在 Still there', by('still').map(lineOf)),
		...section(
			'上次发现、本次没能检查 Found last time, not checked now',
			by('unknown').map(lineOf),
		),
		...section('消除 Gone', gone.map(lineOf)),
		...section('没有检查 Not checked', notCheckedLines(notChecked)),
		'',
		THIS_IS_A_SCAN,
		'全部结果 All of it: n8n → Data tables → clawbot_security',
	].join('\n');
}

function section(title: string, lines: string[]): string[] {
	if (lines.length === 0) return [];
	const left = lines.length - MOST_LINES;
	return ['', `【${title}】`, ...lines.slice(0, MOST_LINES), ...(left > 0 ? [`… +${left}`] : [])];
}

function lineOf({ row, change }: Compared): string {
	const place = row.host ? `${row.host}: ` : '';
	const more = change === 'more' ? ` (现在 now ${row.count})` : '';
	return `· [${SEVERITIES[row.severity]}] ${place}${row.text}${more}`;
}

/** Of one host and reason one line. */
function notCheckedLines(notChecked: NotChecked[]): string[] {
	const lines = new Map<string, string[]>();
	for (const { check, host, reason } of notChecked) {
		const why = `${host ? `${host}: ` : ''}${reason}`;
		lines.set(why, [...(lines.get(why) ?? []), CHECKS[check]]);
	}
	return [...lines].map(([why, checks]) => `· ${checks.join('、')} — ${why}`);
}

const CHECKLIST = [
	'范围与书面授权 scope and written permission',
	'从公网做全端口扫描 all ports, from the internet (nmap)',
	'TLS 配置 TLS configuration (testssl.sh)',
	'回调地址：签名、重放、超大请求 callback addresses: signatures, replays, oversized bodies',
	'机器人 API：令牌、权限、限流 Robot API: tokens, scopes, rate limits',
	'n8n 登录与权限 n8n: login, roles, exposed editor',
	'提示词注入与越权 prompt injection, and tools that act for others',
	'服务器提权与横向移动 privilege escalation and lateral movement on the hosts',
	'密钥泄露：日志、备份、代码 leaked secrets: logs, backups, code',
	'复测已修复问题 retest what was fixed',
];

function ticketOf({
	quarter,
	dueDate,
	owner,
	scope,
}: SecurityReportContext): OperationsNotification {
	return {
		title: `工单 Ticket: 渗透测试 penetration test ${quarter}`,
		text: [
			`📋 工单 Ticket: ${quarter} 渗透测试 penetration test`,
			`负责人 Owner: ${owner || '未指定，请在「允许列表」中填写 nobody yet: fill it in under What Is Allowed'}`,
			`截止 Due: ${dueDate}`,
			`范围 Scope: ${scope.join(', ') || '-'}`,
			'清单 Checklist:',
			...CHECKLIST.map((item, index) => `${index + 1}. ${item}`),
			`完成后 When done: 在表 clawbot_security 的 ${ticketKey(quarter)} 行勾选 accepted，并在 note 中写明报告。 Tick accepted in that row, and name the report in note.`,
		].join('\n'),
		key: ticketKey(quarter),
		priority: 'alert',
	};
}
