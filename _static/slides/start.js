// Slides show one after the other, as high as they are; S opens the speaker's notes.
Reveal.initialize({
  width: 1280,
  height: 720,
  margin: 0.04,
  center: false,
  hash: true,
  transition: "none",
  controlsTutorial: false,
  plugins: [RevealNotes],
});
