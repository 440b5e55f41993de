import CommandLineTool

Evoke.main()
