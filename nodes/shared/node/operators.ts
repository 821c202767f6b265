import { randomBytes } from 'node:crypto';
import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import type { DeliveryRow } from '../../../core/delivery/delivery';
import { codeOf } from '../../../core/common/codes';
import { PAGES } from '../../../core/common/html';
import { asFields, asText, type Fields } from '../../../protocol/fields';
import { inputField } from './fields';

/* What operators ask by a command in a chat or by a form on a page, and who it was. */

/** What an operator asks, as the check of who asks passed it on. */
export interface OperatorRequest {
	/** Only the check sets it: a request without it has not passed the check. */
	admitted?: boolean;
	[field: string]: unknown;
}

/**
 * The field that takes the admitted requests.
 * @param checkedBy name of the node in the bundled workflow that checks who asks
 */
export function requestsField(checkedBy: string): INodeProperties {
	return inputField({
		displayName: 'Requests',
		name: 'requests',
		placeholder: `{{ $('${checkedBy}').first().json.requests }}`,
		description: 'The field requests of the operation that checked who asks',
	});
}

/** The requests in that field. Those that were not admitted are left out. */
export function requestsIn(ctx: IExecuteFunctions): OperatorRequest[] {
	const requests: unknown = ctx.getNodeParameter('requests', 0);
	return (Array.isArray(requests) ? (requests as OperatorRequest[]) : []).filter(
		(request) => request?.admitted === true,
	);
}

/** Who wrote a message, for the audit: the id tells people of one name apart. */
export function nameOf({ platform, sender }: Fields): string {
	const { id, name } = asFields(sender);
	return [asText(name), `${asText(platform)}:${asText(id)}`]
		.filter((part) => part !== '')
		.join(' ');
}

/** The user of a basic `Authorization` header, whose password the Webhook node has checked. */
function userOf(authorization: string): string {
	const [, encoded = ''] = /^Basic (.+)$/i.exec(authorization) ?? [];
	return Buffer.from(encoded, 'base64').toString('utf8').split(':')[0] ?? '';
}

/** A request for a page, without the password, which the Webhook node has checked. */
export interface PageRequest {
	query: Fields;
	body: Fields;
	user: string;
}

/**
 * What a browser sent. A form that another site has sent loses its token, and changes nothing with that. `null` is
 * what a browser says for the pages themselves: they name no referrer, and n8n shows them in a sandbox.
 */
export function pageRequestOf(
	ctx: IExecuteFunctions,
	{ headers, query, body }: Fields,
): PageRequest {
	const { authorization, origin, host, 'x-forwarded-host': forwarded } = asFields(headers);
	const from = asText(origin);
	const own = [host, forwarded, new URL(ctx.getInstanceBaseUrl()).host].map(asText);
	const isForeign = !['', 'null'].includes(from) && !own.includes(hostOf(from));
	return {
		query: asFields(query),
		body: { ...asFields(body), ...(isForeign && { csrf: '' }) },
		user: userOf(asText(authorization)),
	};
}

const hostOf = (origin: string): string => (URL.canParse(origin) ? new URL(origin).host : 'none');

/** The token of a page's forms: made once, and kept by n8n with the workflow. */
export function formTokenOf(ctx: IExecuteFunctions): string {
	const kept = ctx.getWorkflowStaticData('node');
	if (typeof kept.csrf !== 'string') kept.csrf = randomBytes(32).toString('hex');
	return kept.csrf as string;
}

/** Gives the address of a row's execution; empty where its workflow or execution is not known. */
export function linkTo(
	ctx: IExecuteFunctions,
): (row: Pick<DeliveryRow, 'workflowId' | 'executionId'>) => string {
	const base = ctx.getInstanceBaseUrl().replace(/\/*$/, '/');
	return ({ workflowId, executionId }) =>
		workflowId && executionId
			? `${base}workflow/${encodeURIComponent(workflowId)}/executions/${encodeURIComponent(executionId)}`
			: '';
}

/** The operators’ page of dead letters, which is a webhook of this same n8n, and a letter on it. */
export function letterPages(ctx: IExecuteFunctions): {
	page: string;
	letter(row: Pick<DeliveryRow, 'key'>): string;
} {
	const base = ctx.getInstanceBaseUrl().replace(/\/*$/, '/');
	const page = `${base}webhook/${PAGES.deadLetters.path}`;
	return { page, letter: ({ key }) => `${page}?id=${codeOf(key, 24)}` };
}
