import { answerDelivery, answerQuestion, modelNotification } from '../../../core/robotApi/answer';
import type { DeliveryLookUp } from '../../../core/robotApi/take';
import { asFields } from '../../../protocol/fields';
import type { Operation } from '../../shared/node/operations';
import { asItems, firstItem } from '../../shared/node/items';

export const answer: Operation = {
	option: {
		name: 'Answer',
		value: 'answer',
		action: 'Answer a request by what was done',
		description:
			'Rows of the delivery, or the item of the Model API, become the answer; a notification leaves where operations have to mend something',
	},
	outputs: ['Answer', 'Notification'],
	properties: [
		{
			displayName: 'About',
			name: 'about',
			type: 'options',
			noDataExpression: true,
			options: [
				{ name: 'Delivery', value: 'delivery' },
				{ name: 'Question', value: 'question' },
			],
			default: 'delivery',
		},
		{
			displayName: 'Looked Up',
			name: 'lookedUp',
			type: 'json',
			required: true,
			default: '',
			placeholder: "{{ $('Take the request').first(2).json }}",
			description: 'What Take Request wanted of the store, which may have given more',
			displayOptions: { show: { about: ['delivery'] } },
		},
	],
	execute(ctx) {
		if (ctx.getNodeParameter('about', 0) === 'question') {
			const item = firstItem(ctx);
			const notification = modelNotification(asFields(item.error), Date.now());
			return [asItems(answerQuestion(item)), asItems(notification)];
		}
		const lookedUp = ctx.getNodeParameter('lookedUp', 0) as unknown as DeliveryLookUp;
		const rows = ctx.getInputData().map(({ json }) => json);
		return [asItems(answerDelivery(rows, lookedUp)), []];
	},
};
