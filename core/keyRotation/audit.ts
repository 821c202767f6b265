/** A row of `clawbot_key_audit`: what was done about a key, or said of it. Rows are added, never changed. */
export interface AuditRow {
	/** ISO 8601, for people. */
	at: string;
	/** ms since 1970, for looking up. */
	atMs: number;
	/** Name of the key in `clawbot_keys`, or the id of a Robot API key. */
	key: string;
	action: 'reminded' | 'alarmed' | 'made' | 'switched' | 'refused' | 'rolledBack';
	/** Who did it: the name that the page was opened with, or the workflow. */
	by: string;
	/** For people. The reminders also know by it what they have said. */
	detail: string;
}

export const auditRow = (now: number, row: Omit<AuditRow, 'at' | 'atMs'>): AuditRow => ({
	at: new Date(now).toISOString(),
	atMs: now,
	...row,
});
