const TAB = 4;

/** A line that is read from the left; a tab counts up to the next column of four. */
export class SourceLine {
	private offset = 0;
	private column = 0;
	/** Of the tab here, some columns are read and some are left. */
	private isCut = false;
	private next!: { offset: number; column: number };

	constructor(
		private readonly text: string,
		readonly number: number,
	) {
		this.look();
	}

	/** Finds the next character that is no blank. */
	private look(): void {
		let { offset, column } = this;
		for (; ; offset++) {
			const char = this.text[offset];
			if (char === ' ') column++;
			else if (char === '\t') column += TAB - (column % TAB);
			else break;
		}
		this.next = { offset, column };
	}

	/** Columns of blanks in front of the next character. */
	get indent(): number {
		return this.next.column - this.column;
	}

	get isBlank(): boolean {
		return this.next.offset >= this.text.length;
	}

	/** What is left, without the blanks in front. */
	get words(): string {
		return this.text.slice(this.next.offset);
	}

	/** What is left, with the columns of a cut tab as blanks. */
	get rest(): string {
		if (!this.isCut) return this.text.slice(this.offset);
		return ' '.repeat(TAB - (this.column % TAB)) + this.text.slice(this.offset + 1);
	}

	/** Reads the blanks in front, and so many characters behind them. */
	skipWords(count: number): true {
		this.offset = this.next.offset + count;
		this.column = this.next.column + count;
		this.isCut = false;
		this.look();
		return true;
	}

	/** Reads up to so many columns of blanks. */
	skipColumns(count: number): true {
		for (let left = count; left > 0 && this.offset < this.next.offset; ) {
			const width = this.text[this.offset] === '\t' ? TAB - (this.column % TAB) : 1;
			const taken = Math.min(width, left);
			this.isCut = taken < width;
			this.column += taken;
			if (!this.isCut) this.offset++;
			left -= taken;
		}
		return true;
	}
}
