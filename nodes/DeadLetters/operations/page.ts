import { randomBytes } from 'node:crypto';
import type { IExecuteFunctions } from 'n8n-workflow';
import { answerRequest } from '../../../protocol/deadLetters/page';
import { asFields, asText } from '../../../protocol/fields';
import type { NodeOperation } from '../../shared/operations';
import { asItems, linkTo, requestsField, requestsIn, rowsIn } from '../items';

export const page: NodeOperation = {
	option: {
		name: 'Show Page',
		value: 'page',
		action: 'Show the page of dead letters',
		description: 'The page of the operators: what a form asked for as changed rows, and the HTML',
	},
	outputs: ['Changes', 'Page'],
	properties: [requestsField('page')],
	execute(ctx) {
		const [request] = requestsIn(ctx);
		if (!request) return [[], []];
		const { changes, ...answer } = answerRequest(
			rowsIn(ctx),
			{
				query: asFields(request.query),
				body: asFields(request.body),
				user: asText(request.user),
			},
			{ now: Date.now(), timezone: ctx.getTimezone(), csrf: tokenOf(ctx), link: linkTo(ctx) },
		);
		return [asItems(changes), asItems([answer])];
	},
};

/** The forms' token: made once, and kept by n8n with the workflow. */
function tokenOf(ctx: IExecuteFunctions): string {
	const kept = ctx.getWorkflowStaticData('node');
	if (typeof kept.csrf !== 'string') kept.csrf = randomBytes(32).toString('hex');
	return kept.csrf as string;
}
