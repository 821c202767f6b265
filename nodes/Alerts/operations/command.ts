import { runCommand } from '../../../core/alerts/commands';
import { asFields, asText } from '../../../protocol/fields';
import type { Operation } from '../../shared/node/operations';
import { nameOf, requestsField, requestsIn } from '../../shared/node/operators';
import { asItems, tablesIn } from '../items';

export const command: Operation = {
	option: {
		name: 'Carry Out Commands',
		value: 'command',
		action: 'Carry out chat commands',
		description:
			'Commands like /alert list or /alert silence: what was ordered, and an answer to each',
	},
	outputs: ['Orders', 'Answers'],
	properties: [requestsField('Only from operations groups')],
	execute(ctx) {
		const now = Date.now();
		const timezone = ctx.getTimezone();
		const { saved, orders: stored } = tablesIn(ctx);
		const reactions = requestsIn(ctx).map(({ message }) => {
			const asked = asFields(message);
			const context = { now, timezone, by: nameOf(asked) };
			const { text, orders } = runCommand(asText(asked.text), { saved, orders: stored }, context);
			return { orders, answer: { ...asked, answer: { text } } };
		});
		return [
			asItems(reactions.flatMap(({ orders }) => orders)),
			asItems(reactions.map(({ answer }) => answer)),
		];
	},
};
