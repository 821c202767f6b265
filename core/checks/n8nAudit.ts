import { asFields, asText } from '../../protocol/fields';
import type { Finding, Severity } from './findings';

/** What people must look at first; the rest is worth knowing. */
const SEVERITIES: Readonly<Record<string, Severity>> = {
	'Unprotected webhooks in instance': 'medium',
	'Outdated instance': 'medium',
	'Expressions in "Execute Query" fields in SQL nodes': 'high',
	'Expressions in "Query Parameters" fields in SQL nodes': 'medium',
};

const MAX_TEXT = 300;

/**
 * n8n's own audit, the answer of `POST /api/v1/audit`: reports by title, each with sections.
 * @returns undefined where it is no audit
 */
export function judgeAudit(audit: unknown): Finding[] | undefined {
	// An instance without any risk answers with an empty list.
	if (Array.isArray(audit)) return audit.length === 0 ? [] : undefined;
	const reports = Object.values(asFields(audit)).map(asFields);
	const sections = reports.flatMap((report) =>
		Array.isArray(report.sections)
			? report.sections.map((section) => ({ ...asFields(section), risk: asText(report.risk) }))
			: [],
	);
	if (reports.length === 0 || sections.length === 0) return undefined;
	return sections.map((section: Record<string, unknown>): Finding => {
		const title = asText(section.title).slice(0, 100);
		const places = Array.isArray(section.location) ? section.location : [];
		const names = [...new Set(places.map(placeOf).filter((name) => name !== ''))];
		const words = [asText(section.description), asText(section.recommendation)];
		return {
			key: `n8n:${asText(section.risk)}:${title}`,
			check: 'n8n',
			host: '',
			severity: Object.hasOwn(SEVERITIES, title) ? SEVERITIES[title]! : 'low',
			text: [`n8n: ${title}.`, words.join(' ').slice(0, MAX_TEXT), shown(names)]
				.filter((part) => part.trim() !== '')
				.join(' '),
			count: Math.max(1, places.length),
		};
	});
}

function placeOf(place: unknown): string {
	const { workflowName, nodeName, name } = asFields(place);
	return [workflowName, nodeName, name]
		.map(asText)
		.filter((part) => part !== '')
		.join(' / ')
		.slice(0, 80);
}

function shown(names: string[]): string {
	if (names.length === 0) return '';
	return `[${names.slice(0, 3).join('; ')}${names.length > 3 ? ` … +${names.length - 3}` : ''}]`;
}
