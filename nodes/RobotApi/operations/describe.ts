import { openApi } from '../../../protocol/robotApi/openapi';
import type { NodeOperation } from '../../shared/operations';
import { asItems } from '../../shared/requests';

export const describe: NodeOperation = {
	option: {
		name: 'Describe',
		value: 'describe',
		action: 'Describe the API',
		description: 'Its OpenAPI document, with addresses beside the one where it is served',
	},
	outputs: ['Answer'],
	execute: () => [asItems({ status: 200, body: openApi })],
};
