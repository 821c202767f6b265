import type { INodePropertyOptions } from 'n8n-workflow';

/* What operations work with, under the same names on every platform. */

export const message: INodePropertyOptions = { name: 'Message', value: 'message' };
