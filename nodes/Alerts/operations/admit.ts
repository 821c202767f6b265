import type { Operation } from '../../shared/node/operations';
import { operationsGroupsField, commandsOfGroups } from '../../shared/node/operationsGroups';
import { asItems } from '../items';

export const admit: Operation = {
	option: {
		name: 'Admit Commands',
		value: 'admit',
		action: 'Admit commands',
		description:
			'Checks who asks: no request leaves for anybody but the operations groups. A conversation that is none of them is told so, once a day.',
	},
	outputs: ['Requests', 'Refusals'],
	properties: [
		operationsGroupsField(
			'The conversations whose members may see, acknowledge and silence alerts. Nobody may while the list is empty; any other conversation is told its ID, once a day.',
		),
	],
	execute(ctx) {
		const { requests, refusals } = commandsOfGroups(ctx);
		return [asItems(requests.length > 0 ? [{ requests }] : []), asItems(refusals)];
	},
};
