import { randomBytes } from 'node:crypto';
import type { IExecuteFunctions } from 'n8n-workflow';

/* What pages for operators have in common; the Webhook node has checked user and password. */

/** The user of a basic `Authorization` header; the password goes no further than this. */
export function userOf(authorization: string): string {
	const [, encoded = ''] = /^Basic (.+)$/i.exec(authorization) ?? [];
	return Buffer.from(encoded, 'base64').toString('utf8').split(':')[0] ?? '';
}

/** The token of a page's forms: made once, and kept by n8n with the workflow. */
export function formTokenOf(ctx: IExecuteFunctions): string {
	const kept = ctx.getWorkflowStaticData('node');
	if (typeof kept.csrf !== 'string') kept.csrf = randomBytes(32).toString('hex');
	return kept.csrf as string;
}
