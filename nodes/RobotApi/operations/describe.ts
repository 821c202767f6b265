import { openApi } from '../../../core/robotApi/openapi';
import type { Operation } from '../../shared/node/operations';
import { asItems } from '../../shared/node/items';

export const describe: Operation = {
	option: {
		name: 'Describe',
		value: 'describe',
		action: 'Describe the API',
		description: 'Its OpenAPI document, with addresses beside the one where it is served',
	},
	outputs: ['Answer'],
	execute: () => [asItems({ status: 200, body: openApi })],
};
