import { readRows } from '../../../core/delivery/row';
import { offsetOf, readingOfAnswer } from '../../../core/checks/clock';
import { pushOfRow, type Push } from '../../../core/checks/pushes';
import { DAY_MS, readList } from '../../../core/checks/slowExecutions';
import { slowNotification } from '../../../core/checks/slowReport';
import { asText } from '../../../protocol/fields';
import type { Operation } from '../../shared/node/operations';
import { asItems, inputOf, linkTo, listField, listIn, slowerThan, slowerThanField } from '../items';

export const explainSlow: Operation = {
	option: {
		name: 'Explain Slow Messages',
		value: 'explainSlow',
		action: 'Explain slow messages',
		description:
			'Gets timed answers and delivered rows of the store. Gives one notification where any of the last day was slow: where the time went, and what to change.',
	},
	outputs: ['Notifications'],
	properties: [
		listField({
			displayName: 'List',
			name: 'list',
			description: 'The pages of n8n’s list of executions',
			node: 'List the executions',
		}),
		listField({
			displayName: 'Platforms',
			name: 'platforms',
			description: 'What a bare request to each platform took',
			node: 'Ask the platforms',
		}),
		slowerThanField,
	],
	execute(ctx) {
		const now = Date.now();
		const input = inputOf(ctx);
		const answers = input.filter(({ parts }) => typeof parts === 'object') as unknown as Push[];
		const rows = readRows(input).filter(({ settledAtMs }) => now - settledAtMs < DAY_MS);
		const networkMs = listIn(ctx, 'platforms').flatMap((platform): Array<[string, number]> => {
			const reading = readingOfAnswer(platform);
			const tookMs = reading.after - reading.before;
			return offsetOf(reading) ? [[asText(platform.platform), tookMs]] : [];
		});
		const overMs = slowerThan(ctx);
		const notification = slowNotification(
			{
				pushes: [...answers, ...rows.flatMap((row) => pushOfRow(row) ?? [])],
				listed: readList(listIn(ctx, 'list'), overMs, now),
				networkMs: new Map(networkMs),
				overMs,
			},
			{
				run: ctx.getExecutionId(),
				timezone: ctx.getTimezone(),
				link: linkTo(ctx),
			},
		);
		return [asItems(notification ? [notification] : [])];
	},
};
