import { readingOfAnswer } from '../../../core/checks/clock';
import { judgeClocks as judge } from '../../../core/checks/clockStates';
import { readHosts } from '../../../core/common/hosts';
import { readHostAnswers } from '../../../core/checks/hostAnswers';
import type { Operation } from '../../shared/node/operations';
import { asItems, inputOf, listField, listIn } from '../items';

export const judgeClocks: Operation = {
	option: {
		name: 'Judge Clocks',
		value: 'judgeClocks',
		action: 'Judge the clocks',
		description:
			'Gets the states so far. Gives a notification where one changed, over 1 s a warning, over 30 s an alarm; and the states to save.',
	},
	outputs: ['Notifications', 'States'],
	properties: [
		listField({
			displayName: 'Platforms',
			name: 'platforms',
			description: 'What the platforms answered, with the times before and after',
			node: 'Ask the platforms for their time',
		}),
		listField({
			displayName: 'Hosts',
			name: 'hosts',
			description: 'Rows of clawbot_hosts',
			node: 'Read the hosts',
		}),
		listField({
			displayName: 'Looks',
			name: 'looks',
			description: 'What the hosts answered last',
			node: 'Read what the hosts said',
		}),
	],
	execute(ctx) {
		const { states, notifications } = judge({
			readings: listIn(ctx, 'platforms').map(readingOfAnswer),
			hosts: readHosts(listIn(ctx, 'hosts')),
			looks: readHostAnswers(listIn(ctx, 'looks')).filter(({ check }) => check === 'clock'),
			before: inputOf(ctx),
			now: Date.now(),
		});
		return [asItems(notifications), asItems(states)];
	},
};
