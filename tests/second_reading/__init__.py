"""rules.md read a second time: plain, slow, word by word, without the code of the rules or of what they look up."""
