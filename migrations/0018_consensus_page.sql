-- Which open page has saved a wording last: it saves by itself while somebody types, and is one sitting.
ALTER TABLE consensus ADD COLUMN saved_from TEXT;
