import type { ApiCaller } from '../../../core/accessTokens/admit';
import { takeRequest, type RobotApiRequest } from '../../../core/robotApi/take';
import type { Operation } from '../../shared/node/operations';
import { asItems, firstItem } from '../../shared/node/items';

export const take: Operation = {
	option: {
		name: 'Take Request',
		value: 'take',
		action: 'Take the request of an admitted caller',
		description:
			'The request comes in as Admit Caller let it through. It leaves as what is to be done, after its scope and every field were checked; what is refused leaves as an answer.',
	},
	outputs: ['Send', 'Ask', 'Look Up', 'Answer'],
	execute(ctx) {
		const { request, caller } = firstItem(ctx) as unknown as {
			request: RobotApiRequest;
			caller?: ApiCaller;
		};
		const task = takeRequest(request, caller, Date.now());
		return [task.send, task.ask, task.find, task.answer].map((value) => asItems(value));
	},
};
