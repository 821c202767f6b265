import type { Operation } from '../../shared/node/operations';
import { operationsGroupsField, commandsOfGroups } from '../../shared/node/operators';
import { asItems } from '../items';

export const admit: Operation = {
	option: {
		name: 'Admit Commands',
		value: 'admit',
		action: 'Admit commands',
		description: 'Checks who asks: nothing leaves for anybody but the operations groups',
	},
	outputs: ['Requests'],
	properties: [
		operationsGroupsField(
			'The conversations whose members may see, acknowledge and silence alerts. Nobody may while the list is empty; anybody else gets no answer.',
		),
	],
	execute(ctx) {
		const requests = commandsOfGroups(ctx);
		return [asItems(requests.length > 0 ? [{ requests }] : [])];
	},
};
