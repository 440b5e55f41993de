import Warehouse

/// Sources of methods and models, by the words that stored rows have for them.
enum Bibliography {
  /// The entries of what is cited, in the order of their keys; words without a source have none.
  static func text(of words: Set<String>) -> String {
    entries.filter { !words.isDisjoint(with: $0.words) }.map(\.text).joined(separator: "\n")
  }

  private struct Entry {
    let words: Set<String>
    let text: String

    init(_ words: Set<String>, _ kind: String, _ key: String, _ fields: String) {
      self.words = words
      text = "@\(kind){\(key),\n\(fields.split(separator: "\n").map { "  \($0),\n" }.joined())}\n"
    }
  }

  private static let entries: [Entry] = software + models + methods

  private static let software: [Entry] = [
    Entry(
      ["evoke"], "software", "evoke",
      """
      title = {Evoke: a data warehouse for auditory-affective encoding studies}
      author = {{The Evoke contributors}}
      version = {\(Warehouse.version)}
      license = {Apache-2.0}
      """)
  ]

  private static let models: [Entry] = [
    Entry(
      ["wav2vec2"], "inproceedings", "baevski2020wav2vec",
      """
      author = {Baevski, Alexei and Zhou, Yuhao and Mohamed, Abdelrahman and Auli, Michael}
      title = {wav2vec 2.0: A Framework for Self-Supervised Learning of Speech Representations}
      booktitle = {Advances in Neural Information Processing Systems}
      volume = {33}
      pages = {12449--12460}
      year = {2020}
      """),
    Entry(
      ["hubert"], "article", "hsu2021hubert",
      """
      author = {Hsu, Wei-Ning and Bolte, Benjamin and Tsai, Yao-Hung Hubert and Lakhotia, Kushal and Salakhutdinov, Ruslan and Mohamed, Abdelrahman}
      title = {HuBERT: Self-Supervised Speech Representation Learning by Masked Prediction of Hidden Units}
      journal = {IEEE/ACM Transactions on Audio, Speech, and Language Processing}
      volume = {29}
      pages = {3451--3460}
      year = {2021}
      doi = {10.1109/TASLP.2021.3122291}
      """),
    Entry(
      ["wavlm"], "article", "chen2022wavlm",
      """
      author = {Chen, Sanyuan and others}
      title = {WavLM: Large-Scale Self-Supervised Pre-Training for Full Stack Speech Processing}
      journal = {IEEE Journal of Selected Topics in Signal Processing}
      volume = {16}
      number = {6}
      pages = {1505--1518}
      year = {2022}
      doi = {10.1109/JSTSP.2022.3188113}
      """),
    Entry(
      ["data2vec-audio"], "inproceedings", "baevski2022data2vec",
      """
      author = {Baevski, Alexei and Hsu, Wei-Ning and Xu, Qiantong and Babu, Arun and Gu, Jiatao and Auli, Michael}
      title = {data2vec: A General Framework for Self-supervised Learning in Speech, Vision and Language}
      booktitle = {International Conference on Machine Learning}
      year = {2022}
      """),
    Entry(
      ["mert_model"], "misc", "li2023mert",
      """
      author = {Li, Yizhi and others}
      title = {MERT: Acoustic Music Understanding Model with Large-Scale Self-supervised Training}
      year = {2023}
      eprint = {2306.00107}
      archiveprefix = {arXiv}
      """),
    Entry(
      ["openl3"], "inproceedings", "cramer2019openl3",
      """
      author = {Cramer, Jason and Wu, Ho-Hsiang and Salamon, Justin and Bello, Juan Pablo}
      title = {Look, Listen, and Learn More: Design Choices for Deep Audio Embeddings}
      booktitle = {ICASSP}
      pages = {3852--3856}
      year = {2019}
      doi = {10.1109/ICASSP.2019.8682475}
      """),
    Entry(
      ["vggish"], "inproceedings", "hershey2017cnn",
      """
      author = {Hershey, Shawn and others}
      title = {CNN Architectures for Large-Scale Audio Classification}
      booktitle = {ICASSP}
      pages = {131--135}
      year = {2017}
      doi = {10.1109/ICASSP.2017.7952132}
      """),
    Entry(
      ["crepe"], "inproceedings", "kim2018crepe",
      """
      author = {Kim, Jong Wook and Salamon, Justin and Li, Peter and Bello, Juan Pablo}
      title = {CREPE: A Convolutional Representation for Pitch Estimation}
      booktitle = {ICASSP}
      pages = {161--165}
      year = {2018}
      doi = {10.1109/ICASSP.2018.8461329}
      """),
    Entry(
      ["musicnn", "musicnn-vgg"], "misc", "pons2019musicnn",
      """
      author = {Pons, Jordi and Serra, Xavier}
      title = {musicnn: Pre-trained Convolutional Neural Networks for Music Audio Tagging}
      year = {2019}
      eprint = {1909.06654}
      archiveprefix = {arXiv}
      """),
  ]

  private static let methods: [Entry] = [
    Entry(
      ["banded"], "article", "dupre2022banded",
      """
      author = {Dupr{\\'e} la Tour, Tom and Eickenberg, Michael and Nunez-Elizalde, Anwar O. and Gallant, Jack L.}
      title = {Feature-space selection with banded ridge regression}
      journal = {NeuroImage}
      volume = {264}
      pages = {119728}
      year = {2022}
      doi = {10.1016/j.neuroimage.2022.119728}
      """),
    Entry(
      ["folds"], "article", "nadeau2003inference",
      """
      author = {Nadeau, Claude and Bengio, Yoshua}
      title = {Inference for the Generalization Error}
      journal = {Machine Learning}
      volume = {52}
      pages = {239--281}
      year = {2003}
      doi = {10.1023/A:1024068626366}
      """),
    Entry(
      ["bh"], "article", "benjamini1995controlling",
      """
      author = {Benjamini, Yoav and Hochberg, Yosef}
      title = {Controlling the False Discovery Rate: A Practical and Powerful Approach to Multiple Testing}
      journal = {Journal of the Royal Statistical Society: Series B}
      volume = {57}
      number = {1}
      pages = {289--300}
      year = {1995}
      doi = {10.1111/j.2517-6161.1995.tb02031.x}
      """),
    Entry(
      ["max"], "article", "nichols2002nonparametric",
      """
      author = {Nichols, Thomas E. and Holmes, Andrew P.}
      title = {Nonparametric permutation tests for functional neuroimaging: A primer with examples}
      journal = {Human Brain Mapping}
      volume = {15}
      number = {1}
      pages = {1--25}
      year = {2002}
      doi = {10.1002/hbm.1058}
      """),
    Entry(
      ["phase", "phase_residual", "phase_target", "group_phase"], "article", "prichard1994surrogate",
      """
      author = {Prichard, Dean and Theiler, James}
      title = {Generating surrogate data for time series with several simultaneously measured variables}
      journal = {Physical Review Letters}
      volume = {73}
      number = {7}
      pages = {951--954}
      year = {1994}
      doi = {10.1103/PhysRevLett.73.951}
      """),
    Entry(
      ["synchrony"], "article", "hasson2004intersubject",
      """
      author = {Hasson, Uri and Nir, Yuval and Levy, Ifat and Fuhrmann, Galit and Malach, Rafael}
      title = {Intersubject Synchronization of Cortical Activity During Natural Vision}
      journal = {Science}
      volume = {303}
      pages = {1634--1640}
      year = {2004}
      doi = {10.1126/science.1089506}
      """),
    Entry(
      ["corrca"], "article", "dmochowski2012correlated",
      """
      author = {Dmochowski, Jacek P. and Sajda, Paul and Dias, Joao and Parra, Lucas C.}
      title = {Correlated components of ongoing EEG point to emotionally laden attention -- a possible marker of engagement?}
      journal = {Frontiers in Human Neuroscience}
      volume = {6}
      pages = {112}
      year = {2012}
      doi = {10.3389/fnhum.2012.00112}
      """),
    Entry(
      ["picard"], "article", "ablin2018faster",
      """
      author = {Ablin, Pierre and Cardoso, Jean-Fran{\\c{c}}ois and Gramfort, Alexandre}
      title = {Faster independent component analysis by preconditioning with Hessian approximations}
      journal = {IEEE Transactions on Signal Processing}
      volume = {66}
      number = {15}
      pages = {4040--4049}
      year = {2018}
      doi = {10.1109/TSP.2018.2844203}
      """),
    Entry(
      ["mne"], "article", "hamalainen1994interpreting",
      """
      author = {H{\\"a}m{\\"a}l{\\"a}inen, Matti S. and Ilmoniemi, Risto J.}
      title = {Interpreting magnetic fields of the brain: minimum norm estimates}
      journal = {Medical and Biological Engineering and Computing}
      volume = {32}
      number = {1}
      pages = {35--42}
      year = {1994}
      doi = {10.1007/BF02512476}
      """),
    Entry(
      ["dspm"], "article", "dale2000dynamic",
      """
      author = {Dale, Anders M. and others}
      title = {Dynamic statistical parametric mapping: combining fMRI and MEG for high-resolution imaging of cortical activity}
      journal = {Neuron}
      volume = {26}
      number = {1}
      pages = {55--67}
      year = {2000}
      doi = {10.1016/S0896-6273(00)81138-1}
      """),
    Entry(
      ["sloreta"], "article", "pascual2002sloreta",
      """
      author = {Pascual-Marqui, Roberto D.}
      title = {Standardized low-resolution brain electromagnetic tomography (sLORETA): technical details}
      journal = {Methods and Findings in Experimental and Clinical Pharmacology}
      volume = {24}
      number = {Suppl D}
      pages = {5--12}
      year = {2002}
      """),
  ]
}
