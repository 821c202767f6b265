import { answerRequest } from '../../../core/deadLetters/page';
import { askedOf } from '../../../core/deadLetters/saved';
import { asFields, asText } from '../../../protocol/fields';
import { formTokenOf, linkTo, requestsField, requestsIn } from '../../shared/node/operators';
import type { Operation } from '../../shared/node/operations';
import { asItems } from '../../shared/node/items';
import { rowsIn } from '../items';

export const page: Operation = {
	option: {
		name: 'Show Page',
		value: 'page',
		action: 'Show the page of dead letters',
		description: 'The page of the operators: what a form asked for as changed rows, and the HTML',
	},
	outputs: ['Changes', 'Page'],
	properties: [requestsField('Find the rows')],
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
			{ now: Date.now(), timezone: ctx.getTimezone(), csrf: formTokenOf(ctx), link: linkTo(ctx) },
		);
		return [asItems(changes), asItems([{ ...answer, changed: askedOf(changes) }])];
	},
};
