import { asFields, asText, type Fields } from '../../protocol/fields';
import type { Host, ReadRows } from '../common/hosts';
import { readAllowed, type Allowed } from './allowed';
import { judgeCertificates } from './certificates';
import { judgeFiles, unseenFiles } from './files';
import { compare, type CheckName, type Compared, type NotChecked, type Results } from './findings';
import { judgeKeys } from './keys';
import { partsOf, type HostAnswer } from './hostAnswers';
import { judgeAudit } from './n8nAudit';
import { judgePackages } from './packages';
import { arePorts, judgePorts } from './ports';

/** Everything that a security check has gathered. */
export interface Gathered {
	hosts: ReadRows<Host>;
	/** What the hosts answered; those of another run are old. */
	looks: HostAnswer[];
	run: string;
	/** The answer of `POST /api/v1/audit`: `statusCode` and `body`, or `error`. */
	audit: unknown;
	/** Rows of `clawbot_keys`. */
	keys: Fields[];
	/** The fields of *What is allowed*. */
	settings: { ports: string; files: string; certificates: string };
	/** Rows of `clawbot_security`. */
	before: unknown[];
	/** `2027-Q1`. */
	quarter: string;
	now: number;
	/** IANA. */
	timezone: string;
}

export interface SecurityReport {
	/** There is no earlier one to compare with. */
	first: boolean;
	compared: Compared[];
	notChecked: NotChecked[];
}

/** What each host is asked for. */
const HOST_CHECKS: readonly CheckName[] = ['ports', 'files', 'packages'];

/** Judges all that was gathered, and holds it against the last check. What failed is named as not checked. */
export function checkSecurity(gathered: Gathered): SecurityReport {
	const allowed = readAllowed(gathered.settings);
	const parts = [
		...gathered.hosts.good.map(({ name }) => ofHost(name, allowed, gathered)),
		ofHosts(allowed, gathered),
		ofCertificates(allowed, gathered),
		ofAudit(gathered.audit),
		ofKeys(gathered),
		ofPenetrationTest(gathered.quarter),
	];
	const findings = parts.flatMap((part) => part.findings);
	const notChecked = parts.flatMap((part) => part.notChecked);
	return {
		first: gathered.before.length === 0,
		compared: compare({ findings, notChecked }, gathered.before, gathered.now),
		notChecked,
	};
}

const lookOf = (host: string, { looks, run }: Gathered): HostAnswer | undefined =>
	looks.find((look) => look.host === host && look.check === 'security' && look.run === run);

function ofHost(host: string, allowed: Allowed, gathered: Gathered): Results {
	const look = lookOf(host, gathered);
	const parts = partsOf(look?.output ?? '');
	const problem = !look
		? 'SSH 没有按时回答 SSH did not answer in time'
		: look.error || (parts.has('end') ? '' : '脚本没有运行到底 The script did not run to its end');
	if (problem) {
		return { findings: [], notChecked: HOST_CHECKS.map((check) => none(check, host, problem)) };
	}
	const lines = (name: string): string[] => parts.get(name) ?? [];
	const unseen = unseenFiles(lines('files'), allowed.files);
	const results: Results = { findings: [], notChecked: [] };
	const refused = (name: CheckName): boolean => {
		const reason = lines(name).find((line) => line.startsWith('!'));
		if (reason !== undefined)
			results.notChecked.push(none(name, host, reason.slice(1, 200).trim()));
		return reason !== undefined;
	};
	if (!refused('ports')) {
		if (arePorts(lines('ports'))) {
			results.findings.push(...judgePorts(host, lines('ports'), allowed.ports));
		} else results.notChecked.push(none('ports', host, 'ss 没有输出 ss printed nothing'));
	}
	results.findings.push(...judgeFiles(host, lines('files'), allowed.files));
	if (unseen.length > 0) {
		const names = unseen.slice(0, 5).join(', ');
		results.notChecked.push(
			none('files', host, `不存在或无权查看 Not there, or not to be seen: ${names}`),
		);
	}
	if (!refused('packages')) {
		results.findings.push(...judgePackages(host, lines('packages'), gathered.now));
	}
	return results;
}

function ofHosts(allowed: Allowed, { hosts }: Gathered): Results {
	const finding = { check: 'settings', host: '', severity: 'low', count: 1 } as const;
	return {
		findings: [
			...allowed.wrong.map((entry) => ({
				...finding,
				key: `settings:allowed:${entry}`,
				text: `「允许列表」看不懂此项 An entry of What Is Allowed is not understood: ${entry}`,
			})),
			...hosts.problems.map((problem) => ({
				...finding,
				key: `settings:hosts:${problem}`,
				text: problem,
			})),
		],
		notChecked:
			hosts.good.length > 0
				? []
				: HOST_CHECKS.map((check) =>
						none(check, '', '表 clawbot_hosts 为空 clawbot_hosts is empty'),
					),
	};
}

/** One host that reaches an address is enough. */
function ofCertificates({ certificates }: Allowed, gathered: Gathered): Results {
	if (certificates.length === 0) {
		const reason = '没有填写地址 No address is filled in';
		return { findings: [], notChecked: [none('certificates', '', reason)] };
	}
	const lines = gathered.hosts.good.flatMap(
		({ name }) => partsOf(lookOf(name, gathered)?.output ?? '').get('certificates') ?? [],
	);
	const { findings, unread } = judgeCertificates(lines, certificates, gathered.now);
	const reason = `没有主机能读到证书 No host could read the certificate of ${unread.join(', ')}`;
	return { findings, notChecked: unread.length > 0 ? [none('certificates', '', reason)] : [] };
}

function ofAudit(answer: unknown): Results {
	const { statusCode, body, error } = asFields(answer);
	const status = Number(asText(statusCode));
	const findings = status === 200 ? judgeAudit(body) : undefined;
	if (findings) return { findings, notChecked: [] };
	const reason =
		status === 401 || status === 403
			? 'n8n API 密钥缺少权限 The n8n API key lacks the scope securityAudit:generate'
			: `n8n 没有给出审计结果 n8n gave no audit: ${status || asText(asFields(error).message) || asText(error) || '-'}`;
	return { findings: [], notChecked: [none('n8n', '', reason)] };
}

function ofKeys({ keys, now, timezone }: Gathered): Results {
	const findings = judgeKeys(keys, { now, timezone });
	if (findings) return { findings, notChecked: [] };
	const error = asText(keys[0]?.error);
	const reason = error || '表 clawbot_keys 为空 clawbot_keys is empty';
	return { findings: [], notChecked: [none('keys', '', reason)] };
}

export const ticketKey = (quarter: string): string => `penetrationTest:${quarter}`;

function ofPenetrationTest(quarter: string): Results {
	return {
		findings: [
			{
				key: ticketKey(quarter),
				check: 'penetrationTest',
				host: '',
				severity: 'medium',
				text: `${quarter} 渗透测试尚未确认完成。 The penetration test of ${quarter} is not reported as done: when it is, tick "accepted" in this row of clawbot_security and name the report in "note".`,
				count: 1,
			},
		],
		notChecked: [],
	};
}

const none = (check: CheckName, host: string, reason: string): NotChecked => ({
	check,
	host,
	reason: reason.slice(0, 300),
});
