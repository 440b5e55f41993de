import CommandLineTool

Evoke.preferWiderBLAS()
Evoke.main()
