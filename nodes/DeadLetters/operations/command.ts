import type { DeliveryRow } from '../../../core/delivery/delivery';
import { runCommand } from '../../../core/deadLetters/commands';
import { askedOf } from '../../../core/deadLetters/saved';
import { asFields, asText } from '../../../protocol/fields';
import {
	letterPages,
	linkTo,
	nameOf,
	requestsField,
	requestsIn,
} from '../../shared/node/operators';
import type { Operation } from '../../shared/node/operations';
import { asItems } from '../../shared/node/items';
import { rowsIn } from '../items';

export const command: Operation = {
	option: {
		name: 'Carry Out Commands',
		value: 'command',
		action: 'Carry out chat commands',
		description: 'Commands like /dlq list or /dlq replay: the changed rows, and an answer to each',
	},
	outputs: ['Changes', 'Answers'],
	properties: [requestsField('Find the rows')],
	execute(ctx) {
		const now = Date.now();
		const rows = new Map(rowsIn(ctx).map((row): [string, DeliveryRow] => [row.key, row]));
		const changed = new Map<string, DeliveryRow>();
		const answers = requestsIn(ctx).map(({ message }) => {
			const asked = asFields(message);
			const { text, changes } = runCommand(
				asText(asked.text),
				// Of two commands at once the second sees what the first did, and a row is saved once.
				[...rows.values()].filter(({ key }) => !changed.has(key)),
				{
					now,
					timezone: ctx.getTimezone(),
					by: nameOf(asked),
					link: linkTo(ctx),
					...letterPages(ctx),
				},
			);
			for (const row of changes) changed.set(row.key, row);
			return { ...asked, answer: { text }, changed: askedOf(changes) };
		});
		return [asItems([...changed.values()]), asItems(answers)];
	},
};
