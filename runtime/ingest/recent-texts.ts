// Texts that came lately: of so many the newest are all kept, of more than twice as many none.

export interface RecentTexts {
  has(text: string): boolean;
  add(text: string): void;
}

export function recentTexts(most: number): RecentTexts {
  let [recent, older] = [new Set<string>(), new Set<string>()];
  return {
    has: (text) => recent.has(text) || older.has(text),
    add(text) {
      if (recent.has(text)) return;
      recent.add(text);
      if (recent.size >= most) [recent, older] = [new Set(), recent];
    },
  };
}
