import { asFields, asList, asText } from '../fields';
import type { Permission } from '../registration';
import { permissions } from './permissions';

/** The request that asks which permissions an app has; it needs none itself. */
export const SCOPES_PATH = '/open-apis/application/v6/scopes';
/** Feishu's own client names the field and not its values: so what is missing is a hint to people, never an error. */
const GRANTED = 1;

/**
 * The permissions that the nodes need and the app lacks, by an answer that lists what it has. None where the answer
 * is no such list. A permission that people grant for themselves (`user`) is not the bot's.
 */
export function notGranted(body: unknown): Permission[] {
	const { scopes } = asFields(asFields(body).data);
	const rows = asList(scopes).map(asFields);
	const isList = Array.isArray(scopes) && rows.every((row) => typeof row.grant_status === 'number');
	if (!isList) return [];
	const granted = rows
		.filter((row) => row.grant_status === GRANTED && row.scope_type !== 'user')
		.map((row) => asText(row.scope_name));
	return permissions.filter(({ kind, name }) => kind === 'scope' && !granted.includes(name));
}
