/* What a security check finds, and how it compares with the last one. */
import { asFields, asText } from '../../protocol/fields';

export type Severity = 'high' | 'medium' | 'low';

export type CheckName =
	| 'ports'
	| 'certificates'
	| 'files'
	| 'packages'
	| 'keys'
	| 'n8n'
	| 'settings'
	| 'penetrationTest';

export interface Finding {
	/** The same whenever the same thing is found. */
	key: string;
	check: CheckName;
	/** Where; empty where that has no meaning. */
	host: string;
	severity: Severity;
	/** What it is and what to do, in words for people. */
	text: string;
	/** How often; 1 where that has no meaning. */
	count: number;
}

/** A check that could not be carried out: what it found before is neither there nor gone. */
export interface NotChecked {
	check: CheckName;
	host: string;
	reason: string;
}

export interface Results {
	findings: Finding[];
	notChecked: NotChecked[];
}

/** A row of the table `clawbot_security`. */
export interface FindingRow extends Finding {
	status: 'open' | 'gone';
	/** ms since 1970. */
	firstSeenMs: number;
	lastSeenMs: number;
}

/** A row, and what became of it since the last check. */
export interface Compared {
	row: FindingRow;
	change: 'new' | 'more' | 'still' | 'gone' | 'unknown';
	/** The operator has taken it on: `accepted` is ticked. */
	accepted: boolean;
}

/** Holds what was found against the rows of the last check. */
export function compare(
	{ findings, notChecked }: Results,
	rows: unknown[],
	now: number,
): Compared[] {
	const before = new Map(rows.map(asFields).map((row) => [asText(row.key), row]));
	const found = new Map(findings.map((finding) => [finding.key, finding]));
	const current = [...found.values()].map((finding): Compared => {
		const last = before.get(finding.key);
		const known = last !== undefined && last.status !== 'gone';
		const more = known && finding.count > Number(asText(last.count));
		return {
			row: {
				...finding,
				status: 'open',
				firstSeenMs: (known && Number(asText(last.firstSeenMs))) || now,
				lastSeenMs: now,
			},
			change: !known ? 'new' : more ? 'more' : 'still',
			accepted: isTicked(last?.accepted),
		};
	});
	const others = [...before].flatMap(([key, last]): Compared | [] => {
		if (key === '' || found.has(key) || last.status === 'gone') return [];
		const row = readRow(last);
		const checked = !notChecked.some((none) => none.check === row.check && reaches(none, row));
		// Only a person can say that a penetration test was made.
		const gone = checked && row.check !== 'penetrationTest';
		return {
			row: { ...row, status: gone ? 'gone' : 'open' },
			change: gone ? 'gone' : row.check === 'penetrationTest' ? 'still' : 'unknown',
			accepted: isTicked(last.accepted),
		};
	});
	return [...current, ...others].sort(bySeverity);
}

/** What could not be checked anywhere concerns every host. */
const reaches = (none: NotChecked, { host }: Finding): boolean =>
	none.host === '' || none.host === host;

const isTicked = (value: unknown): boolean => value === true || value === 'true' || value === 1;

const SEVERITIES: readonly string[] = ['high', 'medium', 'low'] satisfies Severity[];

const bySeverity = ({ row: a }: Compared, { row: b }: Compared): number =>
	SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || (a.key < b.key ? -1 : 1);

function readRow(fields: Record<string, unknown>): FindingRow {
	const severity = asText(fields.severity);
	return {
		key: asText(fields.key),
		check: asText(fields.check) as CheckName,
		host: asText(fields.host),
		severity: SEVERITIES.includes(severity) ? (severity as Severity) : 'medium',
		text: asText(fields.text),
		count: Number(asText(fields.count)) || 1,
		status: 'open',
		firstSeenMs: Number(asText(fields.firstSeenMs)) || 0,
		lastSeenMs: Number(asText(fields.lastSeenMs)) || 0,
	};
}
